import { describe, expect, test } from "vitest";

import { newType } from "../test/samples";
import { describeDurations, durationChoices, isAllowed, nearestDuration, usualDuration } from "./durations";

const LISTED = newType({ durations: [45, 20, 90] });

function ranged(shortest: number, longest: number, step: number) {
  const { durations: _, ...type } = newType({ duration_range: { shortest, longest, step } });
  return type;
}

describe("the durations of a type", () => {
  test("are those of its list, of which the first is the usual one", () => {
    expect(durationChoices(LISTED)).toEqual([45, 20, 90]);
    expect(usualDuration(LISTED)).toBe(45);
  });

  test("are the steps of its range, and half an hour the usual one where that is a step", () => {
    expect(durationChoices(ranged(15, 60, 15))).toEqual([15, 30, 45, 60]);
    expect(usualDuration(ranged(15, 60, 15))).toBe(30);
    expect(usualDuration(ranged(20, 60, 20))).toBe(20);
  });

  test("are typed in where a range has too many to choose from", () => {
    expect(durationChoices(ranged(5, 480, 5))).toBeNull();
  });

  test.each([
    [LISTED, "45 min, 20 min, 1 hr 30 min"],
    [ranged(5, 480, 5), "From 5 min to 8 hr, in steps of 5 min"],
  ])("%# are described so that more can follow", (type, words) => {
    expect(describeDurations(type)).toBe(words);
  });

  test.each([
    [LISTED, 20, true],
    [LISTED, 21, false],
    [ranged(15, 60, 15), 60, true],
    [ranged(15, 60, 15), 75, false],
    [ranged(15, 60, 15), 0, false],
    [ranged(15, 60, 15), 20, false],
    [ranged(15, 60, 15), Number.NaN, false],
  ])("%# are told from others", (type, minutes, allowed) => {
    expect(isAllowed(type, minutes)).toBe(allowed);
  });

  test.each([
    [LISTED, 50, 45],
    [LISTED, 5, 20],
    [ranged(15, 60, 15), 40, 45],
    [ranged(15, 60, 15), 5, 15],
    [ranged(15, 60, 15), 600, 60],
    [ranged(15, 50, 15), 600, 45],
  ])("%# are found from what somebody drew", (type, drawn, minutes) => {
    expect(nearestDuration(type, drawn)).toBe(minutes);
    expect(isAllowed(type, nearestDuration(type, drawn))).toBe(true);
  });
});
