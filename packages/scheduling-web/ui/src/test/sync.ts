/** What the service in memory answers about other calendars. */

import { json, notFound, type Route, route } from "./answers";
import type { FakeService } from "./service";

/** Return the routes of deliveries and of the feed link. */
export function syncRoutes(service: FakeService): Route[] {
  return [
    route("GET", "/api/sync", () => json(service.sync)),
    route("POST", "/api/sync/:id/requeue", ({ part }) => {
      const { items } = service.sync;
      if (!items.some(({ appointment_id }) => appointment_id === part)) return notFound();
      const again = items.map((one) =>
        one.appointment_id === part ? { ...one, state: "pending" as const } : one,
      );
      service.sync = { ...service.sync, counts: { pending: 1 }, items: again };
      return json({ items: again, next_cursor: null });
    }),
    route("GET", "/api/feed", () =>
      json({ exists: service.feedSince !== null, created_at: service.feedSince }),
    ),
    route("POST", "/api/feed", () => {
      service.feedSince = new Date().toISOString();
      return json({ url: "https://practice.example/feeds/secret.ics", created_at: service.feedSince }, 201);
    }),
    route("DELETE", "/api/feed", () => {
      service.feedSince = null;
      return new Response(null, { status: 204 });
    }),
  ];
}
