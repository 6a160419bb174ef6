/** What goes wrong between the pages and the service. */

import type { Problem, Reason, Slot } from "./types";

/** The service answered with problem details (RFC 9457). */
export class ProblemError extends Error {
  override readonly name = "ProblemError";

  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }

  get status(): number {
    return this.problem.status;
  }

  get reasons(): Reason[] {
    return this.problem.reasons ?? [];
  }

  get suggestions(): Slot[] {
    return this.problem.suggestions ?? [];
  }
}

/** There was no answer, or none that is the service's own. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

/** Tell whether the service refused a booking or a move, and so has reasons. */
export function isRefusal(error: unknown): error is ProblemError {
  return hasProblemType(error, "booking-refused");
}

/** Tell whether somebody else changed the appointment since it was read. */
export function isStale(error: unknown): error is ProblemError {
  return hasProblemType(error, "version-mismatch");
}

/** Tell whether there is nothing of this host's at the address. */
export function isNotFound(error: unknown): error is ProblemError {
  return error instanceof ProblemError && error.status === 404;
}

/** Tell whether trying again can help: the service was not there, or too busy. */
export function isPassing(error: unknown): boolean {
  return error instanceof UnreachableError || (error instanceof ProblemError && error.status >= 500);
}

function hasProblemType(error: unknown, name: string): error is ProblemError {
  return error instanceof ProblemError && error.problem.type === `/problems/${name}`;
}

/** Tell whether a body has the parts of problem details that the pages rely on. */
export function isProblem(body: unknown): body is Problem {
  return (
    typeof body === "object" &&
    body !== null &&
    "type" in body &&
    typeof body.type === "string" &&
    "status" in body &&
    typeof body.status === "number" &&
    "detail" in body &&
    typeof body.detail === "string"
  );
}
