import { QueryClientProvider } from "@tanstack/react-query";
import { renderHook } from "@testing-library/react";
import type { ReactNode } from "react";

import { ApiContext, createApi, type Send } from "../api/client";
import { createQueries } from "../api/queries";
import { createSession } from "../auth/session";
import { SessionContext } from "../auth/useAuth";
import { ToastProvider } from "../ui/Toasts";
import { noTabs } from "./render";
import type { FakeService } from "./service";

/** Use a hook as a component of the pages would, signed in to a service in memory. */
export async function renderHookIn<Result>(
  service: FakeService,
  hook: () => Result,
  send: Send = service.send,
) {
  service.accounts.hasCookie = true;
  const session = createSession(send, noTabs);
  await session.restore();
  const api = createApi(session.send);
  const queries = createQueries(0);
  const wrapper = ({ children }: { children: ReactNode }) => (
    <SessionContext value={session}>
      <ApiContext value={api}>
        <QueryClientProvider client={queries}>
          <ToastProvider>{children}</ToastProvider>
        </QueryClientProvider>
      </ApiContext>
    </SessionContext>
  );
  return { session, queries, ...renderHook(hook, { wrapper }) };
}
