import { useState } from "react";
import { describe } from "../api/describe";
import { isRefusal, type ProblemError } from "../api/problems";
import { useChange } from "../appointments/changes";
import { useMovedToast } from "../appointments/useMovedToast";
import { useToast } from "../ui/Toasts";
import type { Moved } from "./Agenda";

/** A move that the rules forbid. */
export interface RefusedMove extends Moved {
  error: ProblemError;
}

/** Return how appointments are moved in the calendar: at once, and back again where that is refused. */
export function useMove() {
  const { mutateAsync: change } = useChange();
  const toast = useToast();
  const toastMoved = useMovedToast();
  const [refused, setRefused] = useState<RefusedMove | null>(null);

  const move = async (moved: Moved) => {
    setRefused(null);
    const { appointment, start, minutes } = moved;
    try {
      toastMoved(
        await change({ appointment, changes: { start_time: start, duration_minutes: minutes } }),
        appointment,
      );
    } catch (error) {
      if (isRefusal(error)) setRefused({ ...moved, error });
      else toast({ text: describe(error), tone: "danger" });
    }
  };
  return { move, refused, dismiss: () => setRefused(null) };
}
