/**
 * A small service in memory, for tests: it answers requests the way the real one does, as far as the pages
 * can tell. Its shapes are those of the OpenAPI document, so it cannot drift from them unnoticed.
 */

import type {
  Appointment,
  AppointmentChanges,
  AppointmentType,
  Availability,
  HistoryEntry,
  NewAppointment,
  Reason,
  Status,
  Sync,
} from "../api/types";
import { addMinutes, minutesBetween } from "../times/days";
import { FakeAccounts } from "./accounts";
import { json, notFound, problem, type Route, route, unreachable } from "./answers";
import { hostingRoutes } from "./hosting";
import { forbid, offerIn, type Question, suggest } from "./rules";
import { inZone, newAppointment, newAvailability, newType } from "./samples";
import { syncRoutes } from "./sync";

export class FakeService {
  appointments: Appointment[] = [];
  types: AppointmentType[] = [newType()];
  availability: Availability = newAvailability();
  sync: Sync = { calendars: [], counts: {}, items: [] };
  feedSince: string | null = null;
  readonly accounts = new FakeAccounts();
  /** Every request so far, such as `GET /api/slots?from=...`. */
  readonly requests: string[] = [];
  /** Answers the requests that it has an answer for, in place of the service. */
  fault: ((request: Request) => Response | undefined) | null = null;

  /** Whether writes are done and their answers then lost on the way. */
  losesAnswers = false;

  private readonly history = new Map<string, HistoryEntry[]>();
  private readonly answered = new Map<string, Appointment>();

  /** Answer a request; the way that `fetch` would. */
  readonly send = async (request: Request): Promise<Response> => {
    const { pathname, search, searchParams } = new URL(request.url);
    this.requests.push(`${request.method} ${pathname}${search}`);
    const faulty = this.fault?.(request);
    if (faulty !== undefined) return faulty;
    const body: unknown = request.body === null ? undefined : await request.json();
    const byAccounts = this.accounts.answer(request, pathname, body);
    if (byAccounts !== undefined) return byAccounts;
    for (const { method, pattern, answer } of this.routes) {
      const match = method === request.method ? pattern.exec(pathname) : null;
      if (match === null) continue;
      const answered = answer({ request, query: searchParams, body, part: match[1] ?? "" });
      return this.losesAnswers && method !== "GET" ? unreachable() : answered;
    }
    return notFound();
  };

  /** Return how often requests that begin like this were made. */
  count(start: string): number {
    return this.requests.filter((request) => request.startsWith(start)).length;
  }

  private readonly routes: Route[] = [
    route("GET", "/api/appointments", ({ query }) => {
      const from = Date.parse(query.get("from") ?? "1900-01-01");
      const to = Date.parse(query.get("to") ?? "2200-01-01");
      const statuses = query.getAll("status");
      const inRange = this.sorted().filter(
        (one) =>
          Date.parse(one.end_time) > from &&
          Date.parse(one.start_time) < to &&
          (statuses.length === 0 || statuses.includes(one.status)),
      );
      const after = Number(query.get("cursor") ?? 0);
      const until = after + Number(query.get("limit") ?? 50);
      const next = until < inRange.length ? String(until) : null;
      return json({ items: inRange.slice(after, until), next_cursor: next });
    }),
    route("GET", "/api/appointments/upcoming", () => {
      const upcoming = this.sorted().filter(
        (one) => ["pending", "confirmed"].includes(one.status) && Date.parse(one.end_time) > Date.now(),
      );
      return json({ items: upcoming, next_cursor: null });
    }),
    route("POST", "/api/appointments", ({ request, body }) => this.book(request, body as NewAppointment)),
    route("GET", "/api/appointments/:id/history", ({ part }) =>
      json({ items: this.history.get(part) ?? [], next_cursor: null }),
    ),
    route(
      "GET",
      "/api/appointments/:id/calendar.ics",
      () => new Response("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
    ),
    route("GET", "/api/appointments/:id", ({ part }) => this.withOne(part, null, (one) => one)),
    route("PUT", "/api/appointments/:id", ({ request, part, body }) =>
      this.withOne(part, request, (one) => this.change(one, body as AppointmentChanges)),
    ),
    route("DELETE", "/api/appointments/:id", ({ request, part, query }) =>
      this.withOne(part, request, (one) => {
        this.record(one, { status: "cancelled" }, "cancelled", {
          reason: query.get("reason") ?? "",
          by: "host",
        });
        return new Response(null, { status: 204 });
      }),
    ),
    ...(
      [
        ["confirm", "confirmed"],
        ["decline", "declined"],
        ["complete", "completed"],
        ["no-show", "no_show"],
      ] satisfies [string, Status][]
    ).map(([step, status]) =>
      route("POST", `/api/appointments/:id/${step}`, ({ request, part }) =>
        this.withOne(part, request, (one) => this.record(one, { status }, status)),
      ),
    ),
    route("GET", "/api/slots", ({ query }) => {
      const question = this.ask(
        Number(query.get("duration_minutes") ?? 30),
        query.get("moving") ?? undefined,
      );
      const items = offerIn(question, query.get("from") ?? "", query.get("to") ?? "");
      return json({ items, next_cursor: null });
    }),
    route("GET", "/api/slots/explain", ({ query }) => {
      const question = this.ask(
        Number(query.get("duration_minutes") ?? 30),
        query.get("moving") ?? undefined,
      );
      const start = query.get("start") ?? "";
      const reasons = forbid(question, start);
      const suggestions = reasons.length > 0 ? suggest(question, start) : [];
      return json({ bookable: reasons.length === 0, reasons, suggestions });
    }),
    ...hostingRoutes(this),
    ...syncRoutes(this),
  ];

  private sorted(): Appointment[] {
    return this.appointments.toSorted(
      (left, right) => Date.parse(left.start_time) - Date.parse(right.start_time),
    );
  }

  private ask(minutes: number, moving?: string): Question {
    const { availability, appointments } = this;
    return { availability, appointments, minutes, moving };
  }

  private book(request: Request, wanted: NewAppointment): Response {
    const key = request.headers.get("Idempotency-Key") ?? "";
    const before = this.answered.get(key);
    if (before !== undefined) return answerOne(before, 201);
    const reasons = forbid(this.ask(wanted.duration_minutes), wanted.start_time);
    if (reasons.length > 0) return this.refuse(reasons, this.ask(wanted.duration_minutes), wanted.start_time);
    const appointment = newAppointment("2030-01-01T09:00", {
      customer_name: wanted.customer_name,
      start_time: inZone(wanted.start_time, this.availability.time_zone),
      end_time: inZone(addMinutes(wanted.start_time, wanted.duration_minutes), this.availability.time_zone),
      duration_minutes: wanted.duration_minutes,
      type: wanted.type ?? "appointment",
      time_zone: this.availability.time_zone,
      notes: wanted.notes ?? "",
    });
    this.appointments.push(appointment);
    this.history.set(appointment.id, [{ change: "booked", at: appointment.created_at, appointment }]);
    if (key !== "") this.answered.set(key, appointment);
    return answerOne(appointment, 201);
  }

  private change(one: Appointment, changes: AppointmentChanges): Appointment | Response {
    const start = changes.start_time ?? one.start_time;
    const minutes = changes.duration_minutes ?? one.duration_minutes;
    const isMoved =
      Date.parse(start) !== Date.parse(one.start_time) ||
      minutes !== minutesBetween(one.start_time, one.end_time);
    const question = this.ask(minutes, one.id);
    const reasons = isMoved ? forbid(question, start) : [];
    if (reasons.length > 0) return this.refuse(reasons, question, start);
    const changed = {
      ...changes,
      start_time: inZone(start, one.time_zone),
      end_time: inZone(addMinutes(start, minutes), one.time_zone),
      duration_minutes: minutes,
    };
    const before = { start_time: one.start_time, end_time: one.end_time };
    return this.record(one, changed, isMoved ? "rescheduled" : "amended", isMoved ? { before } : {});
  }

  private record(
    one: Appointment,
    changes: Partial<Appointment>,
    change: string,
    data: Partial<HistoryEntry> = {},
  ): Appointment {
    const changed = { ...one, ...changes, version: one.version + 1 };
    this.appointments = this.appointments.map((other) => (other.id === one.id ? changed : other));
    const entry = { change, at: new Date().toISOString(), appointment: changed, ...data };
    this.history.set(one.id, [...(this.history.get(one.id) ?? []), entry]);
    return changed;
  }

  /** Answer about one appointment, if it is there, in the version that the request means. */
  private withOne(
    id: string,
    request: Request | null,
    act: (one: Appointment) => Appointment | Response,
  ): Response {
    const one = this.appointments.find((other) => other.id === id);
    if (one === undefined) return notFound();
    const condition = request?.headers.get("If-Match") ?? null;
    if (condition === null && request !== null && request.method !== "POST") {
      return problem("precondition-required", 428, "If-Match is missing");
    }
    if (condition !== null && condition !== `"${one.version}"`) {
      return problem("version-mismatch", 412, `the appointment is at version ${one.version}`);
    }
    const answer = act(one);
    return answer instanceof Response ? answer : answerOne(answer, 200);
  }

  private refuse(reasons: Reason[], question: Question, start: string): Response {
    const detail = reasons.map((reason) => reason.message).join("; ");
    return problem("booking-refused", 409, detail, { reasons, suggestions: suggest(question, start) });
  }
}

function answerOne(appointment: Appointment, status: number): Response {
  return json(appointment, status, { ETag: `"${appointment.version}"` });
}
