import { asSentence } from "../api/describe";
import type { Reason } from "../api/types";
import { texts } from "../texts";
import { formatDate, formatDayAndTime, formatMinutes, formatSpan } from "../times/format";

const { reasons: words } = texts;

/** Return a reason against a start as a sentence, with its times in a zone and in the viewer's language. */
export function describeReason(reason: Reason, zone: string): string {
  return tell(reason, zone) ?? asSentence(reason.message);
}

function tell(reason: Reason, zone: string): string | undefined {
  const { time_off, occupied, busy, earliest, last_day, limit, duration_minutes, before, after } = reason;
  switch (reason.code) {
    case "outside_hours":
      return words.outside_hours;
    case "time_off":
      return say(words.time_off, time_off, (span) => formatSpan(span, zone));
    case "overlap":
      return say(words.overlap, occupied, (span) => formatSpan(span, zone));
    case "external_busy":
      return say(words.external_busy, busy, (span) => formatSpan(span, zone));
    case "too_soon":
      return say(words.too_soon, earliest, (instant) => formatDayAndTime(instant, zone));
    case "beyond_horizon":
      return say(words.beyond_horizon, last_day, formatDate);
    case "limit_reached":
      if (limit?.count !== undefined) return words.limit_count(limit.count, limit.period);
      return (
        limit && say((minutes) => words.limit_minutes(minutes, limit.period), limit.minutes, formatMinutes)
      );
    case "off_grid": {
      const beside = [before, after].filter((instant) => typeof instant === "string");
      return words.off_grid(beside.map((instant) => formatDayAndTime(instant, zone)).join(words.and));
    }
    case "wrong_duration":
      return say(words.wrong_duration, duration_minutes, formatMinutes);
    default:
      return undefined;
  }
}

/** Return a sentence about a part of a reason; undefined where the reason lacks it. */
function say<Part>(
  sentence: (part: string) => string,
  part: Part | undefined,
  format: (part: Part) => string,
): string | undefined {
  return part === undefined ? undefined : sentence(format(part));
}
