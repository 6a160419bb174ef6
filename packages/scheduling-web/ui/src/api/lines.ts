/** What the service takes for a line of text that has to be there: a name or a title. */

import { z } from "zod";

import { texts } from "../texts";
import { lengthOf } from "./limits";

const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/** Return the check of such a line; without it, `missing` is said. */
export function requiredLine(longest: number, missing: string) {
  return z
    .string()
    .refine((text) => text.trim() !== "", missing)
    .refine((text) => lengthOf(text) <= longest, texts.tooLong(longest))
    .refine((text) => !UNPRINTABLE.test(text), texts.unprintable);
}
