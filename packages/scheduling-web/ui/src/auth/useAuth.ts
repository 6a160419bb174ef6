import { useQuery } from "@tanstack/react-query";
import { createContext, useContext, useSyncExternalStore } from "react";

import { read, useApi } from "../api/client";
import { keys } from "../api/queries";
import type { Credentials } from "../api/types";
import type { Session, SessionState } from "./session";

export const SessionContext = createContext<Session | null>(null);

export interface Auth {
  state: SessionState;
  /** Who is signed in; undefined until that is known. */
  username: string | undefined;
  /** What went wrong where the state is `unreachable`. */
  trouble: unknown;
  /** Ask again where the state is `unreachable`. */
  restore(): Promise<void>;
  signIn(credentials: Credentials): Promise<void>;
  signOut(): Promise<void>;
}

/** Return who is signed in, and the ways in and out. */
export function useAuth(): Auth {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("there is no SessionContext around this component");
  const state = useSyncExternalStore(session.subscribe, session.state);
  const trouble = useSyncExternalStore(session.subscribe, session.trouble);
  const api = useApi();
  const me = useQuery({
    queryKey: keys.me,
    queryFn: () => read(api.GET("/api/auth/me")),
    enabled: state === "signed-in",
    staleTime: Infinity,
  });
  const { restore, signIn, signOut } = session;
  return { state, username: me.data?.username, trouble, restore, signIn, signOut };
}
