import { useMutation, useQueryClient } from "@tanstack/react-query";

import { read, useApi } from "../api/client";
import { describe } from "../api/describe";
import { keys } from "../api/queries";
import type { Delivery } from "../api/types";
import { texts } from "../texts";
import { Button } from "../ui/Button";
import { useToast } from "../ui/Toasts";

const { sync: words } = texts;

/** Delivers an appointment again that had stopped. */
export function RequeueButton({ delivery }: { delivery: Delivery }) {
  const api = useApi();
  const queries = useQueryClient();
  const toast = useToast();
  const requeue = useMutation({
    mutationFn: () =>
      read(
        api.POST("/api/sync/{appointment_id}/requeue", {
          params: { path: { appointment_id: delivery.appointment_id } },
        }),
      ),
    onSuccess: () => toast({ text: words.requeued }),
    onError: (error) => toast({ text: describe(error), tone: "danger" }),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.sync }),
  });
  return (
    <Button busy={requeue.isPending} onClick={() => requeue.mutate()}>
      {words.requeue}
    </Button>
  );
}
