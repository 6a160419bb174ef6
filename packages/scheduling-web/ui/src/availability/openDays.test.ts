import { describe, expect, test } from "vitest";

import { berlin, ZONE } from "../test/samples";
import { sayHours, toOpenDays } from "./openDays";

describe("open days", () => {
  test("have the time that begins on them, and are closed without any", () => {
    const open = [
      { start_time: berlin("2030-02-01T09:00"), end_time: berlin("2030-02-01T12:00") },
      { start_time: berlin("2030-02-01T13:00"), end_time: berlin("2030-02-01T17:30") },
    ];

    const [first, second] = toOpenDays(open, "2030-02-01", 2, ZONE);

    expect(first?.hours.map(({ from, to }) => [from, to])).toEqual([
      [540, 720],
      [780, 1050],
    ]);
    expect(second?.hours).toEqual([]);
    expect(first && sayHours(first)).toBe("9:00 AM – 12:00 PM, 1:00 PM – 5:30 PM");
  });

  test("share what reaches over midnight", () => {
    const open = [{ start_time: berlin("2030-02-01T22:00"), end_time: berlin("2030-02-02T02:00") }];

    const days = toOpenDays(open, "2030-02-01", 2, ZONE);

    expect(days.map(({ hours }) => hours.map(({ from, to }) => [from, to]))).toEqual([
      [[1320, 1440]],
      [[0, 120]],
    ]);
  });

  test("of the change to summer time begin where the clocks do", () => {
    const open = [{ start_time: berlin("2030-03-31T00:00"), end_time: berlin("2030-04-01T00:00") }];

    const [day] = toOpenDays(open, "2030-03-31", 1, ZONE);

    expect(day?.hours.map(({ from, to }) => [from, to])).toEqual([[0, 1440]]);
  });
});
