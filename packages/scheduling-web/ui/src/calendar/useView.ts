import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";

import { isDate, today } from "../times/days";
import { firstDayOfWeek, isView, rangeOf, type View } from "./range";

/** Narrower than this a week has no room. */
const ROOM_FOR_WEEK = "(min-width: 40rem)";

/** Return what the calendar shows, which stands in the address, and how to go elsewhere. */
export function useView(zone: string) {
  const [query, setQuery] = useSearchParams();
  const asked = { view: query.get("view"), date: query.get("date") ?? "" };
  const view = isView(asked.view) ? asked.view : matchMedia(ROOM_FOR_WEEK).matches ? "week" : "day";
  const date = isDate(asked.date) ? asked.date : today(zone);
  const firstDay = firstDayOfWeek(navigator.language);
  const range = useMemo(() => rangeOf(view, date, firstDay), [view, date, firstDay]);
  const go = useCallback(
    (to: { view?: View; date?: string }) => setQuery({ view, date, ...to }, { replace: true }),
    [setQuery, view, date],
  );
  const openDay = useCallback((day: string) => go({ view: "day", date: day }), [go]);
  const address = `/calendar?${new URLSearchParams({ view, date })}`;
  return { view, date, firstDay, range, address, go, openDay };
}
