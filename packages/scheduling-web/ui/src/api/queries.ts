/** How answers of the service are kept: for how long, under which keys, and when they are asked for again. */

import { QueryClient } from "@tanstack/react-query";

import { isPassing } from "./problems";

const FRESH_FOR_MS = 15_000;
/** What stands on a screen all day is asked for again after this time, as long as somebody can see it. */
export const REFRESH_MS = 60_000;

const USUAL_RETRIES = 2;

/** Every key begins with the noun that it belongs to, so that all of a noun can be forgotten at once. */
export const keys = {
  me: ["me"],
  appointments: ["appointments"],
  upcoming: ["appointments", "upcoming"],
  range: (from: string, to: string) => ["appointments", "range", from, to],
  appointment: (id: string) => ["appointments", "one", id],
  history: (id: string) => ["appointments", "history", id],
  slots: ["slots"],
  slotsFor: (question: object) => ["slots", question],
  availability: ["availability"],
  availabilityPreview: (changes: object | null, first: string) => ["availability", "preview", changes, first],
  availabilityIn: (from: string, to: string) => ["availability", from, to],
  types: ["types"],
  sync: ["sync"],
  feed: ["feed"],
} as const;

/** Return where answers are kept. Reads are tried again where that can help; writes never are. */
export function createQueries(retries = USUAL_RETRIES): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // Whether there is an internet does not matter to a service in the same house.
        networkMode: "always",
        staleTime: FRESH_FOR_MS,
        retry: (failures, error) => failures < retries && isPassing(error),
        throwOnError: false,
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
}

/**
 * Forget what an appointment that was booked, moved or cancelled can have changed. Nobody needs to wait for it:
 * what is on the screen is read again by itself.
 */
export async function refreshAgenda(queries: QueryClient): Promise<void> {
  await Promise.all([
    queries.invalidateQueries({ queryKey: keys.appointments }),
    queries.invalidateQueries({ queryKey: keys.slots }),
    queries.invalidateQueries({ queryKey: keys.sync }),
  ]);
}
