import { describe, expect, test } from "vitest";

import { rangeOf, step, titleOf, VIEWS } from "./range";

const MONDAY = 1;
const SUNDAY = 7;

describe("a view", () => {
  test.each([
    ["day", "2030-01-31", MONDAY, "2030-01-31", "2030-02-01"],
    ["week", "2030-01-31", MONDAY, "2030-01-28", "2030-02-04"],
    ["week", "2030-01-31", SUNDAY, "2030-01-27", "2030-02-03"],
    ["week", "2030-02-03", MONDAY, "2030-01-28", "2030-02-04"],
    ["list", "2030-02-03", SUNDAY, "2030-02-03", "2030-02-10"],
    ["month", "2030-01-31", MONDAY, "2029-12-31", "2030-02-11"],
    ["month", "2030-01-31", SUNDAY, "2029-12-30", "2030-02-10"],
  ] as const)("of a %s about %s, in weeks from day %i, shows %s to %s", (view, date, firstDay, from, to) => {
    expect(rangeOf(view, date, firstDay)).toEqual({ from, to });
  });

  test.each(VIEWS)("of a %s is come back to by a step on and one back", (view) => {
    const there = step(view, "2030-03-31", 1);

    expect(rangeOf(view, step(view, there, -1), MONDAY)).toEqual(rangeOf(view, "2030-03-31", MONDAY));
    expect(rangeOf(view, there, MONDAY)).not.toEqual(rangeOf(view, "2030-03-31", MONDAY));
  });

  test("of a month never steps over a short one", () => {
    expect(step("month", "2030-01-31", 1)).toBe("2030-02-01");
  });

  test.each([
    ["day", "Thursday, January 31"],
    ["week", "January 28 – February 3, 2030"],
    ["month", "January 2030"],
  ] as const)("of a %s is called %s", (view, title) => {
    expect(titleOf(view, "2030-01-31", MONDAY).replaceAll(/\s/g, " ")).toContain(title);
  });
});
