import { texts } from "../texts";
import { ProblemError, UnreachableError } from "./problems";

const TOO_MANY = 429;

/** Return a sentence for people about whatever was thrown. */
export function describe(error: unknown): string {
  if (error instanceof UnreachableError) return texts.problems.unreachable;
  if (!(error instanceof ProblemError)) return texts.problems.unexpected;
  if (error.status === TOO_MANY) return texts.problems.tooMany;
  const known: Record<string, string> = texts.problems.byType;
  const name = error.problem.type.replace("/problems/", "");
  return known[name] ?? asSentence(error.problem.detail);
}

/** Return words of the service, which begin in lower case and end without a stop, as a sentence. */
export function asSentence(words: string): string {
  const begun = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
