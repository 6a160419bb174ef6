import { useState } from "react";

import { describe } from "../api/describe";
import { isStale } from "../api/problems";
import type { Appointment, AppointmentType } from "../api/types";
import { texts } from "../texts";
import { useNow } from "../times/useNow";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Notice } from "../ui/Notice";
import { useToast } from "../ui/Toasts";
import { type Step, useStep } from "./changes";
import { EditDialog } from "./EditDialog";
import { ReasonDialog } from "./ReasonDialog";
import { RescheduleDialog } from "./RescheduleDialog";
import { useDownload } from "./useDownload";
import { useMovedToast } from "./useMovedToast";

const { detail: words } = texts;

interface AppointmentActionsProps {
  appointment: Appointment;
  type: AppointmentType | undefined;
}

type Asking = "reschedule" | "edit" | "cancel" | "decline";

/** The steps that an appointment can take from where it stands. */
export function AppointmentActions({ appointment, type }: AppointmentActionsProps) {
  const [asking, ask] = useState<Asking | null>(null);
  const [isStaleNow, setStale] = useState(false);
  const step = useStep();
  const toast = useToast();
  const toastMoved = useMovedToast();
  const download = useDownload(appointment);
  const now = useNow();

  const { status } = appointment;
  const isOpen = status === "pending" || status === "confirmed";
  const hasBegun = Date.parse(appointment.start_time) <= now.getTime();
  const close = () => ask(null);

  const take = (taken: Step, reason?: string) => {
    setStale(false);
    step.mutate(
      { appointment, step: taken, ...(reason !== undefined && { reason }) },
      {
        onSuccess: () => toast({ text: words.done[taken] }),
        onError: (error) => {
          if (isStale(error)) setStale(true);
          else toast({ text: describe(error), tone: "danger" });
        },
        onSettled: close,
      },
    );
  };

  return (
    <>
      {isStaleNow && (
        <Notice tone="warning" urgent>
          <p>{words.stale}</p>
        </Notice>
      )}
      <div className="row">
        {status === "pending" && (
          <>
            <Button kind="primary" busy={step.isPending} onClick={() => take("confirm")}>
              {words.confirm}
            </Button>
            <Button onClick={() => ask("decline")}>{words.decline}</Button>
          </>
        )}
        {status === "confirmed" && hasBegun && (
          <>
            <Button kind="primary" busy={step.isPending} onClick={() => take("complete")}>
              {words.complete}
            </Button>
            <Button onClick={() => take("no-show")}>{words.noShow}</Button>
          </>
        )}
        {isOpen && (
          <Button
            kind={status === "confirmed" && !hasBegun ? "primary" : "secondary"}
            icon={<Icon name="move" />}
            onClick={() => ask("reschedule")}
          >
            {words.reschedule}
          </Button>
        )}
        <Button onClick={() => ask("edit")}>{words.edit}</Button>
        <Button icon={<Icon name="download" />} busy={download.isPending} onClick={() => download.mutate()}>
          {words.download}
        </Button>
        {isOpen && (
          <Button kind="warn" onClick={() => ask("cancel")}>
            {words.cancel}
          </Button>
        )}
      </div>
      {asking === "reschedule" && (
        <RescheduleDialog
          appointment={appointment}
          type={type}
          onClose={close}
          onMoved={(moved) => {
            close();
            toastMoved(moved, appointment);
          }}
        />
      )}
      {asking === "edit" && (
        <EditDialog
          appointment={appointment}
          onClose={close}
          onSaved={() => {
            close();
            toast({ text: words.saved });
          }}
        />
      )}
      {(asking === "cancel" || asking === "decline") && (
        <ReasonDialog
          title={asking === "cancel" ? words.cancelTitle : words.declineTitle}
          action={asking === "cancel" ? words.cancel : words.decline}
          appointment={appointment}
          busy={step.isPending}
          onConfirm={(reason) => take(asking, reason)}
          onClose={close}
        />
      )}
    </>
  );
}
