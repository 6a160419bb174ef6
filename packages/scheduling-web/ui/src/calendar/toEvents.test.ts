import { describe, expect, test } from "vitest";

import { berlin, newAvailability, ZONE } from "../test/samples";
import { closedIn, hoursOf, toBackground } from "./toEvents";

const span = (start: string, end: string) => ({ start_time: berlin(start), end_time: berlin(end) });
const DAY = span("2030-01-31T00:00", "2030-02-01T00:00");

describe("closed time", () => {
  test("is what lies outside of the open time", () => {
    const open = [span("2030-01-31T09:00", "2030-01-31T12:00"), span("2030-01-31T13:00", "2030-01-31T17:00")];

    expect(closedIn(DAY, open)).toEqual([
      span("2030-01-31T00:00", "2030-01-31T09:00"),
      span("2030-01-31T12:00", "2030-01-31T13:00"),
      span("2030-01-31T17:00", "2030-02-01T00:00"),
    ]);
  });

  test("is all of it where nothing is open, and none where all is", () => {
    expect(closedIn(DAY, [])).toEqual([DAY]);
    expect(closedIn(DAY, [DAY])).toEqual([]);
  });
});

describe("busy time", () => {
  test("says where it comes from", () => {
    const busy = [{ ...span("2030-01-31T10:00", "2030-01-31T11:00"), source: "Cal.com", as_of: null }];

    const events = toBackground(newAvailability({ open: [DAY], busy }), DAY);

    expect(events).toMatchObject([{ title: "Busy at Cal.com", start: berlin("2030-01-31T10:00") }]);
  });
});

describe("the hours of the day", () => {
  test("hold all that is in it, with one on either side", () => {
    expect(hoursOf([span("2030-01-31T09:30", "2030-01-31T16:15")], ZONE)).toEqual({ first: 8, last: 18 });
  });

  test("end with the day", () => {
    expect(hoursOf([span("2030-01-31T00:00", "2030-02-01T00:00")], ZONE)).toEqual({ first: 0, last: 24 });
  });

  test("are all of them where something goes on after midnight", () => {
    expect(hoursOf([span("2030-01-31T22:00", "2030-02-01T02:00")], ZONE)).toEqual({ first: 0, last: 24 });
  });

  test("are the usual ones where there is nothing", () => {
    expect(hoursOf([], ZONE)).toEqual({ first: 8, last: 18 });
  });
});
