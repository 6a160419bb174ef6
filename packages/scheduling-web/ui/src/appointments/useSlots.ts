import { useQuery } from "@tanstack/react-query";

import { read, useApi } from "../api/client";
import { keys } from "../api/queries";
import { addDays, isDate, startOfDay } from "../times/days";

/** What free slots are asked for. */
export interface SlotQuestion {
  minutes: number;
  /** The type that is to be booked; none in a move, which keeps its type. */
  type?: string | undefined;
  /** The appointment that is to be moved: it does not stand in its own way. */
  moving?: string | undefined;
}

const AHEAD_DAYS = 62;

/** Return the free slots of one local date. */
export function useSlots(question: SlotQuestion, date: string, zone: string) {
  const enabled = isDate(date) && question.minutes > 0;
  const from = enabled ? startOfDay(date, zone) : "";
  const to = enabled ? startOfDay(addDays(date, 1), zone) : "";
  return useRange(question, from, to, enabled);
}

/** Return the first free slot after a local date, if there is one in the two months after it. */
export function useNextSlot(question: SlotQuestion, date: string, zone: string, enabled: boolean) {
  const from = enabled ? startOfDay(addDays(date, 1), zone) : "";
  const to = enabled ? startOfDay(addDays(date, AHEAD_DAYS), zone) : "";
  return useRange(question, from, to, enabled).data?.[0];
}

function useRange(question: SlotQuestion, from: string, to: string, enabled: boolean) {
  const api = useApi();
  const { minutes, type, moving } = question;
  const query = {
    from,
    to,
    duration_minutes: minutes,
    ...(type !== undefined && { type }),
    ...(moving !== undefined && { moving }),
  };
  return useQuery({
    queryKey: keys.slotsFor(query),
    queryFn: async () => (await read(api.GET("/api/slots", { params: { query } }))).items,
    enabled,
  });
}
