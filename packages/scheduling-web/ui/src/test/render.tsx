import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter } from "react-router";

import { App } from "../App";
import { createApi } from "../api/client";
import { createQueries } from "../api/queries";
import { createSession, type Tabs } from "../auth/session";
import { routes } from "../routes";
import type { FakeService } from "./service";

/** No other tab is open. */
export const noTabs: Tabs = {
  tell() {},
  listen() {},
  alone: (work) => work(),
};

/**
 * Open the pages at an address, over a service in memory. Who visits is signed in by the cookie of an earlier
 * visit, unless `signedIn` says otherwise.
 */
export function visit(service: FakeService, path: string, { signedIn = true } = {}) {
  service.accounts.hasCookie = signedIn;
  const session = createSession(service.send, noTabs);
  const queries = createQueries(0);
  const router = createMemoryRouter(routes, { initialEntries: [path] });
  const user = userEvent.setup();
  const view = render(
    <App session={session} api={createApi(session.send)} queries={queries} router={router} />,
  );
  return { user, session, queries, router, ...view };
}
