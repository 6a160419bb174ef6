import { Outlet, useLocation } from "react-router";

import { texts } from "../texts";
import { ErrorBoundary } from "../ui/ErrorBoundary";
import { Navigation } from "./Navigation";

/** What stands around every page of who is signed in. */
export function Shell() {
  const { pathname } = useLocation();
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {texts.skip}
      </a>
      <Navigation />
      <main id="content" className="content" tabIndex={-1}>
        {/* A page that broke is left behind with its address. */}
        <ErrorBoundary key={pathname}>
          <Outlet />
        </ErrorBoundary>
      </main>
    </div>
  );
}
