/** Which page is at which address. Pages that few visits need are loaded when they are come to. */

import type { RouteObject } from "react-router";

import { UpcomingPage } from "./appointments/UpcomingPage";
import { SIGN_IN } from "./auth/paths";
import { RequireSession } from "./auth/RequireSession";
import { SignInPage } from "./auth/SignInPage";
import { NotFoundPage } from "./shell/NotFoundPage";
import { Shell } from "./shell/Shell";
import { Broken } from "./ui/ErrorBoundary";
import { Loading } from "./ui/Loading";

export const routes: RouteObject[] = [
  {
    errorElement: <Broken />,
    hydrateFallbackElement: <Loading />,
    children: [
      { path: SIGN_IN, element: <SignInPage /> },
      {
        element: <RequireSession />,
        children: [
          {
            element: <Shell />,
            children: [
              { index: true, element: <UpcomingPage /> },
              { path: "*", element: <NotFoundPage /> },
            ],
          },
        ],
      },
    ],
  },
];
