import { useCallback } from "react";

import { describe } from "../api/describe";
import type { Appointment } from "../api/types";
import { texts } from "../texts";
import { formatDayAndTime } from "../times/format";
import { useToast } from "../ui/Toasts";
import { useChange } from "./changes";

const { detail: words } = texts;

/** Return the function that says that an appointment was moved, and lets that be taken back. */
export function useMovedToast() {
  const toast = useToast();
  const { mutateAsync: change } = useChange();
  return useCallback(
    (moved: Appointment, before: Appointment) => {
      const say = (how: typeof words.moved, where: Appointment) =>
        how(where.customer_name, formatDayAndTime(where.start_time, where.time_zone));
      const changes = { start_time: before.start_time, duration_minutes: before.duration_minutes };
      // The page may be left before this is done, and still it is said how it went.
      const undo = async () => {
        try {
          const back = await change({ appointment: moved, changes });
          toast({ text: say(words.movedBack, back) });
        } catch (error) {
          toast({ text: describe(error), tone: "danger" });
        }
      };
      toast({ text: say(words.moved, moved), undo });
    },
    [toast, change],
  );
}
