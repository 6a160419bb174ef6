import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { type Api, read, useApi } from "../api/client";
import { LONGEST_PAGE } from "../api/limits";
import { keys, REFRESH_MS } from "../api/queries";
import type { Appointment, Status } from "../api/types";
import { startOfDay } from "../times/days";
import type { DateRange } from "./range";
import { type Hours, hoursOf } from "./toEvents";

/** What was cancelled or declined takes no time, and is not in the calendar. */
const SHOWN: Status[] = ["pending", "confirmed", "completed", "no_show"];

/**
 * Return the appointments of a range of dates, and when the host is there and when busy elsewhere; beside them the
 * hours that hold all of it.
 */
export function useAgenda({ from, to }: DateRange, zone: string) {
  const api = useApi();
  const query = useMemo(() => ({ from: startOfDay(from, zone), to: startOfDay(to, zone) }), [from, to, zone]);
  const window = useMemo(() => ({ start_time: query.from, end_time: query.to }), [query]);
  const appointments = useQuery({
    queryKey: keys.range(query.from, query.to),
    queryFn: () => readAll(api, query),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
  const availability = useQuery({
    queryKey: keys.availabilityIn(query.from, query.to),
    queryFn: () => read(api.GET("/api/availability", { params: { query } })),
    placeholderData: keepPreviousData,
  });
  const isThere = [appointments, availability].every((query) => !query.isPending && !query.isPlaceholderData);
  const hours = useMemo(
    () =>
      isThere ? hoursOf([...(appointments.data ?? []), ...(availability.data?.open ?? [])], zone) : undefined,
    [isThere, appointments.data, availability.data, zone],
  );
  return { appointments, availability, window, hours: useLast(hours) };
}

/** Return hours, or while they are not known those of before: one after the other, what is drawn would jump. */
function useLast(hours: Hours | undefined): Hours | undefined {
  const [last, setLast] = useState(hours);
  if (hours !== undefined && hours !== last) setLast(hours);
  return hours ?? last;
}

/** Return all pages of a list; nearly always there is one. */
async function readAll(api: Api, range: { from: string; to: string }): Promise<Appointment[]> {
  const all: Appointment[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const query = { ...range, status: SHOWN, limit: LONGEST_PAGE, ...(cursor && { cursor }) };
    const page = await read(api.GET("/api/appointments", { params: { query } }));
    all.push(...page.items);
    cursor = page.next_cursor;
  }
  return all;
}
