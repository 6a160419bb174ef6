/** Which page is at which address. Pages that few visits need are loaded when they are come to. */

import type { ComponentType } from "react";
import type { RouteObject } from "react-router";

import { UpcomingPage } from "./appointments/UpcomingPage";
import { SIGN_IN } from "./auth/paths";
import { RequireSession } from "./auth/RequireSession";
import { NotFoundPage } from "./shell/NotFoundPage";
import { Shell } from "./shell/Shell";
import { Broken } from "./ui/ErrorBoundary";
import { Loading } from "./ui/Loading";

export const routes: RouteObject[] = [
  {
    errorElement: <Broken />,
    hydrateFallbackElement: <Loading />,
    children: [
      { path: SIGN_IN, lazy: () => page(import("./auth/SignInPage"), "SignInPage") },
      {
        element: <RequireSession />,
        children: [
          {
            element: <Shell />,
            children: [
              { index: true, element: <UpcomingPage /> },
              { path: "calendar", lazy: () => page(import("./calendar/CalendarPage"), "CalendarPage") },
              {
                path: "appointments/new",
                lazy: () => page(import("./appointments/NewAppointmentPage"), "NewAppointmentPage"),
              },
              {
                path: "appointments/:id",
                lazy: () => page(import("./appointments/AppointmentPage"), "AppointmentPage"),
              },
              {
                path: "availability",
                lazy: () => page(import("./availability/AvailabilityPage"), "AvailabilityPage"),
              },
              { path: "types", lazy: () => page(import("./types/TypesPage"), "TypesPage") },
              { path: "types/new", lazy: () => page(import("./types/TypePage"), "TypePage") },
              { path: "types/:id", lazy: () => page(import("./types/TypePage"), "TypePage") },
              { path: "sync", lazy: () => page(import("./sync/SyncPage"), "SyncPage") },
              { path: "*", element: <NotFoundPage /> },
            ],
          },
        ],
      },
    ],
  },
];

/** Return a page from the module that has it. */
async function page<Name extends string>(module: Promise<Record<Name, ComponentType>>, name: Name) {
  return { Component: (await module)[name] };
}
