import { useMutation } from "@tanstack/react-query";

import { read, useApi } from "../api/client";
import { describe } from "../api/describe";
import type { Appointment } from "../api/types";
import { useToast } from "../ui/Toasts";

/** Return the mutation that saves an appointment as a calendar file; a plain link could not carry the token. */
export function useDownload({ id }: Appointment) {
  const api = useApi();
  const toast = useToast();
  return useMutation({
    mutationFn: async () => {
      const path = { appointment_id: id };
      const answer = api.GET("/api/appointments/{appointment_id}/calendar.ics", {
        params: { path },
        parseAs: "blob",
      });
      save(await read(answer), `appointment-${id}.ics`);
    },
    onError: (error) => toast({ text: describe(error), tone: "danger" }),
  });
}

function save(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // Some browsers read the content only after this turn.
  setTimeout(() => URL.revokeObjectURL(address));
}
