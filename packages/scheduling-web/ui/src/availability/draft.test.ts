import { describe, expect, test } from "vitest";

import { berlin, newAvailability } from "../test/samples";
import { texts } from "../texts";
import { type Draft, draftSchema, toChanges, toDraft, usualHours } from "./draft";

const { availability: words } = texts;

/** Return what is wrong with a draft, by place. */
function mistakes(draft: Draft): Record<string, string> {
  const issues = draftSchema.safeParse(draft).error?.issues ?? [];
  return Object.fromEntries(issues.map(({ path, message }) => [path.join("."), message]));
}

describe("a draft of the availability", () => {
  test("changes nothing until it is edited", () => {
    const availability = newAvailability({
      weekly_hours: [
        { day: "monday", start: "09:00", end: "12:00" },
        { day: "monday", start: "13:00", end: "24:00" },
      ],
      date_overrides: [{ date: "2030-12-24", hours: [] }],
      time_off: [
        { start_time: berlin("2030-08-01T00:00"), end_time: berlin("2030-08-15T00:00"), reason: "Summer" },
      ],
    });

    expect(toChanges(toDraft(availability))).toEqual(availability);
  });

  test("keeps time off in the second pass of a repeated hour where it is", () => {
    const second = "2030-10-27T02:30:00+01:00";
    const availability = newAvailability({
      time_off: [{ start_time: second, end_time: berlin("2030-10-27T12:00"), reason: "" }],
    });

    expect(toChanges(toDraft(availability)).time_off?.[0]?.start_time).toBe(second);
  });

  test("moves a time that the clocks skip on by the gap", () => {
    const draft = toDraft(newAvailability());
    draft.timeOff = [{ start: "2030-03-31T02:30", end: "2030-03-31T12:00", reason: "" }];

    expect(toChanges(draft).time_off?.[0]?.start_time).toBe("2030-03-31T01:30:00Z");
  });

  test("reads time off by the clocks of another zone once that is chosen", () => {
    const draft = toDraft(
      newAvailability({
        time_off: [
          { start_time: berlin("2030-08-01T00:00"), end_time: berlin("2030-08-02T00:00"), reason: "" },
        ],
      }),
    );
    draft.zone = "America/New_York";

    expect(toChanges(draft).time_off?.[0]?.start_time).toBe("2030-08-01T04:00:00Z");
  });

  test("names every mistake at its place", () => {
    const draft = toDraft(
      newAvailability({ weekly_hours: [{ day: "monday", start: "12:00", end: "09:00" }] }),
    );
    draft.overrides = [
      { date: "2030-05-01", hours: [{ start: "", end: "10:00" }] },
      { date: "2030-05-01", hours: [] },
      { date: "", hours: [] },
    ];
    draft.timeOff = [{ start: "2030-08-02T00:00", end: "2030-08-01T00:00", reason: "x".repeat(501) }];

    expect(mistakes(draft)).toEqual({
      "week.0.hours.0.end": words.endBeforeStart,
      "overrides.0.hours.0.start": words.timeMissing,
      "overrides.1.date": words.dateTwice,
      "overrides.2.date": words.dateMissing,
      "timeOff.0.end": words.endBeforeStart,
      "timeOff.0.reason": texts.tooLong(500),
    });
  });

  test("takes midnight for the end of a day", () => {
    const draft = toDraft(
      newAvailability({ weekly_hours: [{ day: "monday", start: "18:00", end: "24:00" }] }),
    );

    expect(mistakes(draft)).toEqual({});
    expect(draft.week[0]?.hours).toEqual([{ start: "18:00", end: "00:00" }]);
  });

  test("opens a day like the one before it", () => {
    const { week } = toDraft(
      newAvailability({ weekly_hours: [{ day: "monday", start: "08:00", end: "14:00" }] }),
    );

    expect(usualHours(week, 2)).toEqual([{ start: "08:00", end: "14:00" }]);
    expect(usualHours(week, 0)).toEqual([{ start: "09:00", end: "17:00" }]);
  });
});
