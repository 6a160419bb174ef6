import { afterEach, beforeEach, vi } from "vitest";

/** The present of tests: a Thursday, at eight in the morning in Berlin. */
export const NOW = "2030-01-31T08:00:00+01:00";

/** Let every test of this file begin at `NOW`. Timers go on as ever. */
export function holdClock(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.parse(NOW) });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}
