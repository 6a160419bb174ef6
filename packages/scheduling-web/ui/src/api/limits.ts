/** The bounds of what the service takes; a test of the service holds them to its own. */

export const LONGEST_USERNAME = 200;
export const LONGEST_PASSWORD = 256;
export const LONGEST_NAME = 200;
export const LONGEST_NOTES = 10_000;
export const LONGEST_REASON = 500;
export const LONGEST_PAGE = 1_000;
export const LONGEST_TITLE = 200;
/** Minutes: a year and a day. */
export const LONGEST_MINUTES = 527_040;
export const LONGEST_NOTICE = 5_270_400;
export const LATEST_HORIZON = 36_600;
export const MOST_DURATIONS = 100;
export const MOST_LIMITS = 20;
export const MOST_COUNT = 1_000_000;

/** Return how many characters a text has by the service's count, which is of code points. */
export function lengthOf(text: string): number {
  return [...text].length;
}
