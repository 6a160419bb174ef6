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
  signIn(credentials: Credentials): Promise<void>;
  signOut(): Promise<void>;
}

/** Return who is signed in, and the ways in and out. */
export function useAuth(): Auth {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("there is no SessionContext around this component");
  const state = useSyncExternalStore(session.subscribe, session.state);
  const api = useApi();
  const me = useQuery({
    queryKey: keys.me,
    queryFn: () => read(api.GET("/api/auth/me")),
    enabled: state === "signed-in",
    staleTime: Infinity,
  });
  return { state, username: me.data?.username, signIn: session.signIn, signOut: session.signOut };
}
