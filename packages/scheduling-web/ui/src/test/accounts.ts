/** Signing in at the service in memory: one user, tokens that end, and the cookie of one browser. */

import type { Credentials, Grant } from "../api/types";
import { json, problem } from "./answers";

export const USERNAME = "ann";
export const PASSWORD = "correct horse";
const LIFETIME_S = 900;

export class FakeAccounts {
  /** Whether the browser holds a refresh cookie that counts. */
  hasCookie = false;
  private tokens = new Map<string, number>();
  private made = 0;

  /** Make every access token end at once; the cookie still counts. */
  expireTokens(): void {
    this.tokens.clear();
  }

  /** End the session as the service would from its side: nothing that the browser has counts any more. */
  revoke(): void {
    this.tokens.clear();
    this.hasCookie = false;
  }

  /** Answer what is about signing in, or whoever is not signed in; undefined is for the other routes. */
  answer(request: Request, path: string, body: unknown): Response | undefined {
    switch (path) {
      case "/api/auth/login": {
        const { username, password } = body as Credentials;
        if (username === USERNAME && password === PASSWORD) return this.grant();
        return problem("invalid-credentials", 401, "the username or the password is wrong");
      }
      case "/api/auth/refresh":
        return this.hasCookie ? this.grant() : problem("unauthenticated", 401, "not signed in");
      case "/api/auth/logout":
        this.revoke();
        return new Response(null, { status: 204 });
    }
    const token = request.headers.get("Authorization")?.replace("Bearer ", "") ?? "";
    if ((this.tokens.get(token) ?? 0) <= Date.now()) return problem("unauthenticated", 401, "not signed in");
    return path === "/api/auth/me" ? json({ id: "ann", username: USERNAME }) : undefined;
  }

  private grant(): Response {
    this.made += 1;
    const grant: Grant = { access_token: `token-${this.made}`, token_type: "Bearer", expires_in: LIFETIME_S };
    this.tokens.set(grant.access_token, Date.now() + LIFETIME_S * 1000);
    this.hasCookie = true;
    return json(grant);
  }
}
