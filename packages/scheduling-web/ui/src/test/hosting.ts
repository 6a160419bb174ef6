/** What the service in memory answers about hours and appointment types. */

import type {
  AppointmentType,
  Availability,
  AvailabilityChanges,
  ChangedAvailability,
  TypeBody,
} from "../api/types";
import { json, notFound, problem, type Route, route } from "./answers";
import { holds, openIn } from "./rules";
import { newType } from "./samples";
import type { FakeService } from "./service";

/** Return the routes of a host's availability and types. */
export function hostingRoutes(service: FakeService): Route[] {
  return [
    route("GET", "/api/availability", ({ query }) => json(withOpen(service.availability, query))),
    route("PUT", "/api/availability", ({ query, body }) => {
      const changed = { ...service.availability, ...(body as AvailabilityChanges) };
      if (query.get("dry_run") !== "true") service.availability = changed;
      return json({
        ...withOpen(changed, query),
        affected: outside(service, changed),
      } satisfies ChangedAvailability);
    }),
    route("GET", "/api/appointment-types", () => json({ items: service.types, next_cursor: null })),
    route("POST", "/api/appointment-types", ({ body }) => {
      const made = fromBody(`type-${service.types.length + 1}`, body as TypeBody);
      service.types.push(made);
      return json(made, 201);
    }),
    route("PUT", "/api/appointment-types/:id", ({ part, body }) => {
      const changed = fromBody(part, body as TypeBody);
      if (!service.types.some(({ id }) => id === part)) return notFound();
      service.types = service.types.map((one) => (one.id === part ? changed : one));
      return json(changed);
    }),
    route("DELETE", "/api/appointment-types/:id", ({ part }) => {
      if (service.appointments.some(({ type, status }) => type === part && status === "confirmed")) {
        return problem("type-in-use", 409, "1 appointment to come is of this type");
      }
      service.types = service.types.filter(({ id }) => id !== part);
      return new Response(null, { status: 204 });
    }),
  ];
}

function withOpen(availability: Availability, query: URLSearchParams): Availability {
  const [from, to] = [query.get("from"), query.get("to")];
  return from === null || to === null
    ? availability
    : { ...availability, open: openIn(availability, from, to), busy: [] };
}

function outside(service: FakeService, availability: Availability) {
  return service.appointments.filter(
    (one) => !openIn(availability, one.start_time, one.end_time).some((open) => holds(open, one)),
  );
}

function fromBody(id: string, body: TypeBody): AppointmentType {
  const { durations, duration_range, limits, ...rest } = body;
  const usual = newType();
  return {
    ...usual,
    ...rest,
    id,
    limits: limits ?? [],
    ...(duration_range === undefined
      ? { durations: durations ?? [] }
      : { durations: undefined, duration_range }),
  } as AppointmentType;
}
