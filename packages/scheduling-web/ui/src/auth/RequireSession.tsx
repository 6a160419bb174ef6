import { Navigate, Outlet, useLocation } from "react-router";

import { Loading } from "../ui/Loading";
import { SIGN_IN, signInPath } from "./paths";
import { Unreachable } from "./Unreachable";
import { useAuth } from "./useAuth";

/** Shows what is inside only to who is signed in; others sign in first and come back. */
export function RequireSession() {
  const { state } = useAuth();
  const { pathname, search, hash } = useLocation();
  switch (state) {
    case "restoring":
      return <Loading />;
    case "unreachable":
      return (
        <main className="page">
          <Unreachable />
        </main>
      );
    case "left":
      return <Navigate to={SIGN_IN} replace />;
    case "signed-out":
      return <Navigate to={signInPath(pathname + search + hash)} replace />;
    case "signed-in":
      return <Outlet />;
  }
}
