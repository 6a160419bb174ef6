/** The typed client of the service, made from its OpenAPI document. */

import createClient, { type Client } from "openapi-fetch";
import { createContext, useContext } from "react";

import { isProblem, ProblemError, UnreachableError } from "./problems";
import type { paths } from "./schema";

export type Api = Client<paths>;
export type Send = (request: Request) => Promise<Response>;

/** Return a client that sends each request by `send`, to the origin that the pages come from. */
export function createApi(send: Send): Api {
  return createClient<paths>({ baseUrl: globalThis.location.origin, fetch: send });
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/**
 * Return what the service answered. Throws ProblemError where it says why not, and UnreachableError where
 * it cannot be reached or something else answers in its place.
 */
export async function read<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer.catch((cause: unknown) => {
    throw new UnreachableError("no answer", { cause });
  });
  if (response.ok) return data as T;
  if (isProblem(error)) throw new ProblemError(error);
  throw new UnreachableError(`status ${response.status}`);
}

export const ApiContext = createContext<Api | null>(null);

/** Return the client of whoever is signed in. */
export function useApi(): Api {
  const api = useContext(ApiContext);
  if (api === null) throw new Error("there is no ApiContext around this component");
  return api;
}
