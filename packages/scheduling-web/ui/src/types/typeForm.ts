/** What the form of an appointment type holds, and what it checks before anything is sent. */

import { z } from "zod";

import {
  LATEST_HORIZON,
  LONGEST_MINUTES,
  LONGEST_NOTICE,
  LONGEST_TITLE,
  MOST_COUNT,
  MOST_DURATIONS,
} from "../api/limits";
import { requiredLine } from "../api/lines";
import type { AppointmentType, TypeBody } from "../api/types";
import { texts } from "../texts";
import { DAYS, type Day } from "../times/weekdays";

const { types: words } = texts;

export const PERIODS = ["day", "week", "month", "year"] as const;

const WHOLE = /^\d+$/;

function minutesFrom(least: number, most = LONGEST_MINUTES) {
  return wholeNumber(least, most, words.minutesWrong(least, most));
}

function numberFrom(least: number, most: number) {
  return wholeNumber(least, most, words.numberWrong(least, most));
}

function wholeNumber(least: number, most: number, message: string) {
  return z.number({ error: message }).int(message).min(least, message).max(most, message);
}

/** A check of several fields is made also while others have mistakes, so that all mistakes are named at once. */
const always = () => true;

function inRange(name: "shortest" | "longest" | "step") {
  return { path: [name], message: words.minutesWrong(1, LONGEST_MINUTES), when: always };
}

function areMinutes(value: number): boolean {
  return minutesFrom(1).safeParse(value).success;
}

const limit = z
  .object({
    period: z.enum(PERIODS),
    kind: z.enum(["count", "minutes"]),
    amount: z.number({ error: words.numberWrong(1, MOST_COUNT) }),
  })
  .superRefine(({ kind, amount }, context) => {
    const checked = (kind === "count" ? numberFrom(1, MOST_COUNT) : minutesFrom(1)).safeParse(amount);
    for (const issue of checked.error?.issues ?? []) {
      context.addIssue({ code: "custom", path: ["amount"], message: issue.message });
    }
  });

export const typeSchema = z
  .object({
    title: requiredLine(LONGEST_TITLE, words.nameMissing),
    lengths: z.enum(["few", "range"]),
    durations: z.string(),
    shortest: z.number().or(z.nan()),
    longest: z.number().or(z.nan()),
    step: z.number().or(z.nan()),
    requiresConfirmation: z.boolean(),
    interval: minutesFrom(1),
    anyStart: z.boolean(),
    bufferBefore: minutesFrom(0),
    bufferAfter: minutesFrom(0),
    minimumNotice: minutesFrom(0, LONGEST_NOTICE),
    horizon: numberFrom(0, LATEST_HORIZON),
    limits: z.array(limit),
    weekStart: z.enum(DAYS),
  })
  .refine(({ lengths, durations }) => lengths !== "few" || readDurations(durations) !== null, {
    path: ["durations"],
    message: words.durationsWrong(MOST_DURATIONS),
    when: always,
  })
  .refine(({ lengths, shortest }) => lengths === "few" || areMinutes(shortest), inRange("shortest"))
  .refine(({ lengths, longest }) => lengths === "few" || areMinutes(longest), inRange("longest"))
  .refine(({ lengths, step }) => lengths === "few" || areMinutes(step), inRange("step"))
  .refine(
    ({ lengths, shortest, longest, step }) =>
      lengths === "few" ||
      ![shortest, longest, step].every(areMinutes) ||
      (longest >= shortest && (longest - shortest) % step === 0),
    { path: ["longest"], message: words.longestWrong, when: always },
  );

export type TypeFields = z.infer<typeof typeSchema>;

const NEW: TypeFields = {
  title: "",
  lengths: "few",
  durations: "30",
  shortest: 15,
  longest: 120,
  step: 15,
  requiresConfirmation: false,
  interval: 15,
  anyStart: false,
  bufferBefore: 0,
  bufferAfter: 0,
  minimumNotice: 0,
  horizon: 365,
  limits: [],
  weekStart: "monday",
};

/** Return what the form begins with: a type, or what is usual for a new one. */
export function toFields(type: AppointmentType | undefined): TypeFields {
  if (type === undefined) return NEW;
  return {
    title: type.title,
    lengths: type.duration_range === undefined ? "few" : "range",
    durations: (type.durations ?? [type.duration_range?.shortest ?? 30]).join(", "),
    shortest: type.duration_range?.shortest ?? NEW.shortest,
    longest: type.duration_range?.longest ?? NEW.longest,
    step: type.duration_range?.step ?? NEW.step,
    requiresConfirmation: type.requires_confirmation,
    interval: type.slot_interval_minutes,
    anyStart: type.any_start,
    bufferBefore: type.buffer_before_minutes,
    bufferAfter: type.buffer_after_minutes,
    minimumNotice: type.minimum_notice_minutes,
    horizon: type.horizon_days,
    limits: type.limits.map(({ period, count, minutes }) => ({
      period: PERIODS.find((one) => one === period) ?? "day",
      kind: count === undefined ? "minutes" : "count",
      amount: count ?? minutes ?? 1,
    })),
    weekStart: DAYS.find((day: Day) => day === type.week_start) ?? NEW.weekStart,
  };
}

/** Return the request that the form stands for. */
export function toBody(fields: TypeFields): TypeBody {
  const { shortest, longest, step } = fields;
  return {
    title: fields.title.trim(),
    ...(fields.lengths === "few"
      ? { durations: readDurations(fields.durations) ?? [] }
      : { duration_range: { shortest, longest, step } }),
    requires_confirmation: fields.requiresConfirmation,
    slot_interval_minutes: fields.interval,
    any_start: fields.anyStart,
    buffer_before_minutes: fields.bufferBefore,
    buffer_after_minutes: fields.bufferAfter,
    minimum_notice_minutes: fields.minimumNotice,
    horizon_days: fields.horizon,
    limits: fields.limits.map(({ period, kind, amount }) =>
      kind === "count" ? { period, count: amount } : { period, minutes: amount },
    ),
    week_start: fields.weekStart,
  };
}

/** Return the minutes in a list such as `30, 60`, or null where it is none. */
function readDurations(text: string): number[] | null {
  const parts = text.split(",").map((part) => part.trim());
  const areWhole = parts.every(
    (part) => WHOLE.test(part) && Number(part) >= 1 && Number(part) <= LONGEST_MINUTES,
  );
  return areWhole && parts.length <= MOST_DURATIONS ? [...new Set(parts.map(Number))] : null;
}
