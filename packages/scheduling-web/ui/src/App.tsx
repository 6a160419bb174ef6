import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useEffect } from "react";
import type { DataRouter } from "react-router";
import { RouterProvider } from "react-router/dom";

import { type Api, ApiContext } from "./api/client";
import type { Session } from "./auth/session";
import { SessionContext } from "./auth/useAuth";
import { ErrorBoundary } from "./ui/ErrorBoundary";
import { ToastProvider } from "./ui/Toasts";

export interface AppParts {
  session: Session;
  api: Api;
  queries: QueryClient;
  router: DataRouter;
}

/** All of the pages, over the parts that reach outside. */
export function App({ session, api, queries, router }: AppParts) {
  useEffect(() => {
    void session.restore();
    // What one user has read is no business of the next.
    return session.subscribe(() => session.state() !== "signed-in" && queries.clear());
  }, [session, queries]);

  return (
    <ErrorBoundary>
      <SessionContext value={session}>
        <ApiContext value={api}>
          <QueryClientProvider client={queries}>
            <ToastProvider>
              <RouterProvider router={router} />
            </ToastProvider>
          </QueryClientProvider>
        </ApiContext>
      </SessionContext>
    </ErrorBoundary>
  );
}
