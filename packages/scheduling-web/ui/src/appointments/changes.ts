/** Writing appointments: book, change, and the steps of their lifecycle. */

import { type Query, type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";

import { type Api, read, useApi } from "../api/client";
import { keys, refreshAgenda } from "../api/queries";
import type { Appointment, AppointmentChanges, NewAppointment } from "../api/types";
import { addMinutes } from "../times/days";

/** The second part of the keys under which lists of appointments are kept. */
const LISTS = new Set(["upcoming", "range"]);

/** What can be done to an appointment beside changing it. */
export type Step = "confirm" | "decline" | "complete" | "no-show" | "cancel";

export interface StepTaken {
  appointment: Appointment;
  step: Step;
  /** Why, where it is declined or cancelled. */
  reason?: string;
}

/** Return the mutation that books. The same booking sent again, because no answer came, is booked once. */
export function useBook() {
  const api = useApi();
  const queries = useQueryClient();
  const sent = useRef({ body: "", key: "" });
  return useMutation({
    mutationFn: (wanted: NewAppointment) => {
      const body = JSON.stringify(wanted);
      if (sent.current.body !== body) sent.current = { body, key: randomKey() };
      return read(
        api.POST("/api/appointments", {
          params: { header: { "Idempotency-Key": sent.current.key } },
          body: wanted,
        }),
      );
    },
    onSuccess: () => {
      sent.current = { body: "", key: "" };
    },
    onSettled: () => void refreshAgenda(queries),
  });
}

export interface Change {
  appointment: Appointment;
  changes: AppointmentChanges;
}

/**
 * Return the mutation that changes or moves an appointment, in the version that was read. Until it is answered
 * every list shows it as if it were done; if it is refused they show again what is.
 */
export function useChange() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ appointment, changes }: Change) =>
      read(
        api.PUT("/api/appointments/{appointment_id}", {
          params: { path: { appointment_id: appointment.id }, header: ifMatch(appointment) },
          body: changes,
        }),
      ),
    onMutate: async ({ appointment, changes }) => {
      await queries.cancelQueries({ queryKey: keys.appointments });
      show(queries, foresee(appointment, changes));
    },
    onError: (_error, { appointment }) => show(queries, appointment),
    onSuccess: (changed) => queries.setQueryData(keys.appointment(changed.id), changed),
    onSettled: () => void refreshAgenda(queries),
  });
}

/** Return the mutation that takes a step of the lifecycle, in the version that was read. */
export function useStep() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (taken: StepTaken) => takeStep(api, taken),
    onSuccess: (changed) => queries.setQueryData(keys.appointment(changed.id), changed),
    onSettled: () => void refreshAgenda(queries),
  });
}

/** Take a step, and return the appointment as it is then. */
async function takeStep(api: Api, { appointment, step, reason = "" }: StepTaken): Promise<Appointment> {
  const path = { appointment_id: appointment.id };
  const header = ifMatch(appointment);
  const params = { path, header };
  switch (step) {
    case "confirm":
      return read(api.POST("/api/appointments/{appointment_id}/confirm", { params }));
    case "decline":
      return read(
        api.POST("/api/appointments/{appointment_id}/decline", { params: { ...params, query: { reason } } }),
      );
    case "complete":
      return read(api.POST("/api/appointments/{appointment_id}/complete", { params }));
    case "no-show":
      return read(api.POST("/api/appointments/{appointment_id}/no-show", { params }));
    case "cancel":
      await read(
        api.DELETE("/api/appointments/{appointment_id}", { params: { ...params, query: { reason } } }),
      );
      return { ...appointment, status: "cancelled" };
  }
}

/** Return an appointment as it will be. */
function foresee(appointment: Appointment, changes: AppointmentChanges): Appointment {
  const { start_time = appointment.start_time, duration_minutes = appointment.duration_minutes } = changes;
  return { ...appointment, ...changes, start_time, end_time: addMinutes(start_time, duration_minutes) };
}

/** Show an appointment in every list as it is given. */
function show(queries: QueryClient, given: Appointment): void {
  const isList = {
    predicate: ({ queryKey }: Query) => LISTS.has(String(queryKey[1])),
    queryKey: keys.appointments,
  };
  queries.setQueriesData<Appointment[]>(isList, (shown) =>
    shown?.map((one) => (one.id === given.id ? given : one)),
  );
}

/** The entity tag of an appointment is its version. */
function ifMatch({ version }: Appointment) {
  return { "If-Match": `"${version}"` };
}

/** Return a key that nobody else uses; `crypto.randomUUID` is missing where a page is not served by https. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
