import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";

import type { Availability } from "../api/types";
import { texts } from "../texts";
import { Button } from "../ui/Button";
import { Failure } from "../ui/Notice";
import { useToast } from "../ui/Toasts";
import { UnsavedChanges } from "../ui/UnsavedChanges";
import { AvailabilityPreview } from "./AvailabilityPreview";
import { type Draft, draftSchema, toChanges, toDraft } from "./draft";
import { OverridesEditor } from "./OverridesEditor";
import { TimeOffEditor } from "./TimeOffEditor";
import { useSaveAvailability } from "./useAvailability";
import { WeekEditor } from "./WeekEditor";
import { ZoneField } from "./ZoneField";

const { availability: words } = texts;

/** Edits the availability as a whole. Beside it stands what would come of it. */
export function AvailabilityForm({ availability }: { availability: Availability }) {
  const save = useSaveAvailability();
  const toast = useToast();
  const form = useForm<Draft>({ resolver: zodResolver(draftSchema), defaultValues: toDraft(availability) });
  const { isDirty } = form.formState;

  const submit = form.handleSubmit((values) =>
    save.mutate(toChanges(values), {
      onSuccess: (saved) => {
        form.reset(toDraft(saved));
        toast({ text: words.saved });
      },
    }),
  );
  return (
    <form className="availability" onSubmit={submit} noValidate>
      <UnsavedChanges when={isDirty} />
      <div className="stack">
        {save.isError && <Failure error={save.error} />}
        <ZoneField form={form} />
        <WeekEditor form={form} />
        <OverridesEditor form={form} />
        <TimeOffEditor form={form} />
        <div className="form-actions form-actions-floating">
          {isDirty && (
            <Button kind="quiet" onClick={() => form.reset(toDraft(availability))}>
              {words.discard}
            </Button>
          )}
          <Button kind="primary" type="submit" busy={save.isPending}>
            {words.save}
          </Button>
        </div>
      </div>
      <AvailabilityPreview form={form} />
    </form>
  );
}
