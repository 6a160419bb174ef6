import type { AppointmentType } from "../api/types";

/** Return what a type is called; its id, where it is not known or no longer there. */
export function findTitle(types: readonly AppointmentType[] | undefined, id: string): string {
  return types?.find((type) => type.id === id)?.title ?? id;
}
