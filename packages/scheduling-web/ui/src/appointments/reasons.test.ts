import { expect, test } from "vitest";

import type { Reason } from "../api/types";
import { berlin, ZONE } from "../test/samples";
import { describeReason } from "./reasons";

const span = (start: string, end: string) => ({ start_time: berlin(start), end_time: berlin(end) });
const HOUR = span("2030-01-31T09:00", "2030-01-31T10:00");

const CASES: [Omit<Reason, "starts" | "message">, string][] = [
  [{ code: "outside_hours" }, "It is outside of opening hours."],
  [
    { code: "time_off", time_off: span("2030-01-31T09:00", "2030-02-02T10:00") },
    "There is time off Thu, Jan 31, 2030, 9:00 AM – Sat, Feb 2, 2030, 10:00 AM.",
  ],
  [
    { code: "overlap", appointment: "1", occupied: HOUR },
    "Another appointment takes Thu, Jan 31, 2030, 9:00 – 10:00 AM, with its buffers.",
  ],
  [
    { code: "external_busy", busy: HOUR, source: "cal.com", as_of: null },
    "Another calendar is busy Thu, Jan 31, 2030, 9:00 – 10:00 AM.",
  ],
  [
    { code: "too_soon", earliest: berlin("2030-01-31T09:00") },
    "It is too soon: the earliest start is Thu, Jan 31, 2030, 9:00 AM.",
  ],
  [
    { code: "beyond_horizon", last_day: "2030-01-31" },
    "It is too far ahead: the last day to book is Thursday, January 31, 2030.",
  ],
  [
    { code: "limit_reached", limit: { period: "day", count: 1 }, count: 1 },
    "1 appointment of this type is the most for one day.",
  ],
  [
    { code: "limit_reached", limit: { period: "week", minutes: 90 }, minutes: 60 },
    "It would go over the limit of 1 hr 30 min of this type in that week.",
  ],
  [
    { code: "off_grid", before: berlin("2030-01-31T09:00"), after: berlin("2030-01-31T09:15") },
    "Appointments do not start at this time. Beside it they start at Thu, Jan 31, 2030, 9:00 AM and Thu, Jan 31, 2030, 9:15 AM.",
  ],
  [
    { code: "off_grid", before: berlin("2030-01-31T09:00"), after: null },
    "Appointments do not start at this time. Beside it they start at Thu, Jan 31, 2030, 9:00 AM.",
  ],
  [{ code: "wrong_duration", duration_minutes: 25 }, "25 min is not a duration of this appointment type."],
  [{ code: "something_new" }, "The moon is full."],
];

test.each(CASES)("%o is told in words", (reason, words) => {
  const told = describeReason({ ...reason, starts: HOUR, message: "the moon is full" }, ZONE);

  expect(told.replaceAll(/\s/g, " ")).toBe(words);
});
