import type { UseFormReturn } from "react-hook-form";

import { texts } from "../texts";
import { Field } from "../ui/Field";
import type { Draft } from "./draft";

const { availability: words } = texts;

/** Every zone that this device knows, by its area and city; hundreds, so they are made once. */
const ZONES = Intl.supportedValuesOf("timeZone");
const OPTIONS = ZONES.map((zone) => <ZoneOption key={zone} zone={zone} />);

/** Asks in which zone the hours are. */
export function ZoneField({ form }: { form: UseFormReturn<Draft> }) {
  const own = form.formState.defaultValues?.zone ?? "";
  return (
    <section className="card">
      <Field label={words.zone} hint={words.zoneHint} error={form.formState.errors.zone?.message}>
        {(control) => (
          <select {...control} {...form.register("zone")} className="input" defaultValue={own}>
            {!ZONES.includes(own) && <ZoneOption zone={own} />}
            {OPTIONS}
          </select>
        )}
      </Field>
    </section>
  );
}

function ZoneOption({ zone }: { zone: string }) {
  return <option value={zone}>{zone.replaceAll("_", " ")}</option>;
}
