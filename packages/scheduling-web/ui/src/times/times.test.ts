import { describe, expect, test } from "vitest";

import { addMinutes, dateOf, isDate, isSameInstant, minutesBetween, startOfDay } from "./days";
import { formatDayAndTimes, formatMinutes, formatOffset, formatSpan, formatTimes } from "./format";
import { showSameTime, zoneName } from "./zones";

describe("a local date", () => {
  test("is that of the zone", () => {
    expect(dateOf("2030-01-31T23:30:00Z", "Europe/Berlin")).toBe("2030-02-01");
    expect(dateOf("2030-01-31T23:30:00Z", "America/New_York")).toBe("2030-01-31");
  });

  test("begins where the clocks say so, not always at midnight", () => {
    expect(startOfDay("2030-03-31", "Europe/Berlin")).toBe("2030-03-30T23:00:00Z");
    expect(startOfDay("2030-04-01", "Europe/Berlin")).toBe("2030-03-31T22:00:00Z");
    // In Beirut the clocks went from 23:59 to 01:00.
    expect(startOfDay("2022-03-27", "Asia/Beirut")).toBe("2022-03-26T22:00:00Z");
  });

  test.each([
    ["2030-01-31", true],
    ["2030-02-30", false],
    ["2030-1-31", false],
    ["2030-01-31T00:00", false],
    ["", false],
  ])("%j is one: %s", (text, is) => {
    expect(isDate(text)).toBe(is);
  });
});

describe("an instant", () => {
  test("is the same whatever its offset", () => {
    expect(isSameInstant("2030-01-31T09:00:00+01:00", "2030-01-31T08:00:00Z")).toBe(true);
    expect(isSameInstant("2030-01-31T09:00:00+01:00", "2030-01-31T09:00:00Z")).toBe(false);
  });

  test("some minutes later is in elapsed time", () => {
    expect(addMinutes("2030-03-31T01:30:00+01:00", 60)).toBe("2030-03-31T01:30:00Z");
    expect(minutesBetween("2030-03-31T01:30:00+01:00", "2030-03-31T03:30:00+02:00")).toBe(60);
  });
});

describe("a span", () => {
  const evening = { start_time: "2030-01-31T22:30:00Z", end_time: "2030-01-31T23:30:00Z" };

  test("of one day is told with the day once, or without it", () => {
    expect(formatTimes(evening, "Etc/UTC")).toMatch(/^10:30\s–\s11:30\sPM$/);
    expect(formatDayAndTimes(evening, "Etc/UTC")).toMatch(/^Thursday, January 31.*, 10:30\s–\s11:30\sPM$/);
  });

  test("over midnight is told with both days, each once", () => {
    const both = formatSpan(evening, "Europe/Berlin");

    expect(both).toMatch(/Thu, Jan 31.*11:30\sPM\s–\sFri, Feb 1.*12:30\sAM/);
    expect(formatTimes(evening, "Europe/Berlin")).toBe(both);
    expect(formatDayAndTimes(evening, "Europe/Berlin")).toBe(both);
  });
});

describe("two zones", () => {
  test("are compared by their clocks at that instant", () => {
    expect(showSameTime("Europe/Berlin", "Europe/Paris", "2030-01-31T08:00:00Z")).toBe(true);
    expect(showSameTime("Europe/London", "Etc/UTC", "2030-01-31T08:00:00Z")).toBe(true);
    expect(showSameTime("Europe/London", "Etc/UTC", "2030-07-31T08:00:00Z")).toBe(false);
  });

  test("are called by their cities and what their clocks are from Greenwich", () => {
    expect(zoneName("America/New_York")).toBe("New York");
    expect(zoneName("UTC")).toBe("UTC");
    expect(formatOffset("2030-07-31T08:00:00Z", "Europe/Berlin")).toBe("GMT+2");
  });
});

test.each([
  [45, "45 min"],
  [60, "1 hr"],
  [90, "1 hr 30 min"],
  [1440, "24 hr"],
])("%i minutes are said as %s", (minutes, words) => {
  expect(formatMinutes(minutes)).toBe(words);
});
