/**
 * Who is signed in. The access token is kept in memory and nowhere else; the refresh token is an HttpOnly
 * cookie that no script can read, and only the routes under /api/auth are sent it.
 */

import type { Send } from "../api/client";
import { isProblem, ProblemError, UnreachableError } from "../api/problems";
import type { Credentials, Grant } from "../api/types";

/**
 * `restoring` is before it is known whether the cookie of an earlier visit still counts, and `unreachable` when
 * nobody could say; `left` is after signing out on purpose, and `signed-out` whenever else there is no session, or
 * no longer one.
 */
export type SessionState = "restoring" | "unreachable" | "signed-in" | "signed-out" | "left";

/** Tells the other tabs of this browser what happened in one of them. */
export interface Tabs {
  tell(): void;
  listen(hear: () => void): void;
  /** Run `work` while no other tab runs any: two refreshes at once would use the same cookie twice. */
  alone<T>(work: () => Promise<T>): Promise<T>;
}

export interface Session {
  readonly state: () => SessionState;
  subscribe(listener: () => void): () => void;
  /** What went wrong where the state is `unreachable`. */
  readonly trouble: () => unknown;
  /** Use the cookie of an earlier visit, if there is one. Where nobody could say, this asks again. */
  restore(): Promise<void>;
  signIn(credentials: Credentials): Promise<void>;
  signOut(): Promise<void>;
  /** Send a request as whoever is signed in, with a token that has not ended. */
  readonly send: Send;
}

/** A token that ends within this time is replaced before it is used. */
const MARGIN_MS = 30_000;
const UNAUTHORIZED = 401;

interface Token {
  text: string;
  endsAt: number;
}

export function createSession(send: Send, tabs: Tabs, now: () => number = Date.now): Session {
  let state: SessionState = "restoring";
  let trouble: unknown = null;
  let token: Token | null = null;
  let refreshing: Promise<boolean> | null = null;
  const listeners = new Set<() => void>();

  function become(next: SessionState): void {
    if (next === state) return;
    state = next;
    for (const listener of listeners) listener();
  }

  function accept(grant: Grant): void {
    token = { text: grant.access_token, endsAt: now() + grant.expires_in * 1000 };
    become("signed-in");
  }

  function end(next: "signed-out" | "left" = "signed-out"): void {
    token = null;
    become(next);
  }

  async function post(route: "login" | "refresh" | "logout", body?: unknown): Promise<Response> {
    const url = new URL(`/api/auth/${route}`, globalThis.location.origin);
    const headers = new Headers(body === undefined ? {} : { "Content-Type": "application/json" });
    if (token !== null && route === "logout") headers.set("Authorization", `Bearer ${token.text}`);
    const content = body === undefined ? null : JSON.stringify(body);
    try {
      return await send(new Request(url, { method: "POST", headers, body: content }));
    } catch (cause) {
      throw new UnreachableError("no answer", { cause });
    }
  }

  /** Return whether there is a new token. Without an answer the old state stays: that is no refusal. */
  async function refreshOnce(): Promise<boolean> {
    const response = await tabs.alone(() => post("refresh"));
    if (response.ok) {
      accept((await response.json()) as Grant);
      return true;
    }
    if (response.status >= 500 || response.status === 429) throw await toError(response);
    end();
    return false;
  }

  function refresh(): Promise<boolean> {
    refreshing ??= refreshOnce().finally(() => {
      refreshing = null;
    });
    return refreshing;
  }

  /** Find out whether there is a session, for as long as that is not known. */
  async function restore(): Promise<void> {
    const isUnknown = () => state === "restoring" || state === "unreachable";
    if (!isUnknown()) return;
    try {
      await refresh();
    } catch (error) {
      if (!isUnknown()) return;
      trouble = error;
      become("unreachable");
    }
  }

  async function sendWithToken(request: Request): Promise<Response> {
    const again = request.clone();
    if (token === null || token.endsAt - now() < MARGIN_MS) await refresh();
    const used = token;
    const response = await send(signed(request, used));
    if (response.status !== UNAUTHORIZED || used === null) return response;
    // Somebody revoked it, or the clocks differ. Another request may have replaced it meanwhile.
    const hasNew = token !== used ? token !== null : await refresh();
    return hasNew ? send(signed(again, token)) : response;
  }

  // Another tab signed in or out, perhaps as somebody else: what this one knows counts no more.
  tabs.listen(() => {
    token = null;
    become("restoring");
    void restore();
  });

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    trouble: () => trouble,
    restore,
    async signIn(credentials) {
      const response = await post("login", credentials);
      if (!response.ok) throw await toError(response);
      accept((await response.json()) as Grant);
      tabs.tell();
    },
    async signOut() {
      const response = await tabs.alone(() => post("logout"));
      if (!response.ok && response.status !== UNAUTHORIZED) throw await toError(response);
      end("left");
      tabs.tell();
    },
    send: sendWithToken,
  };
}

function signed(request: Request, token: Token | null): Request {
  if (token !== null) request.headers.set("Authorization", `Bearer ${token.text}`);
  return request;
}

async function toError(response: Response): Promise<Error> {
  const body: unknown = await response.json().catch(() => null);
  return isProblem(body) ? new ProblemError(body) : new UnreachableError(`status ${response.status}`);
}
