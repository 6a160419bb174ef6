/** What the answers of the service in memory are made of. */

import type { Problem } from "../api/types";

export interface Asked {
  request: Request;
  query: URLSearchParams;
  body: unknown;
  /** What stands in the address where the route has `:id`. */
  part: string;
}

export interface Route {
  method: string;
  pattern: RegExp;
  answer: (asked: Asked) => Response;
}

export function route(method: string, path: string, answer: Route["answer"]): Route {
  return { method, pattern: new RegExp(`^${path.replace(":id", "([^/]+)")}$`), answer };
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  const type = status < 400 ? "application/json" : "application/problem+json";
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": type, ...headers } });
}

export function problem(name: string, status: number, detail: string, more: Partial<Problem> = {}): Response {
  const body: Problem = {
    type: `/problems/${name}`,
    title: name,
    status,
    detail,
    message: detail,
    instance: "urn:uuid:00000000-0000-0000-0000-000000000000",
    ...more,
  };
  return json(body, status);
}

export function notFound(): Response {
  return problem("not-found", 404, "there is nothing at this address");
}

/** What `fetch` does where nobody answers. */
export function unreachable(): never {
  throw new TypeError("fetch failed");
}
