import { useId } from "react";

import { texts } from "../texts";
import { isDate, isSameInstant } from "../times/days";
import { formatShortDay, formatTime } from "../times/format";
import { showSameTime, viewerZone } from "../times/zones";
import { Button } from "../ui/Button";
import { Failure } from "../ui/Notice";
import { type SlotQuestion, useNextSlot, useSlots } from "./useSlots";

const { booking: words } = texts;

interface SlotPickerProps {
  question: SlotQuestion;
  zone: string;
  date: string;
  /** The start that is chosen; empty where none is. */
  value: string;
  onChoose: (start: string) => void;
  error?: string | undefined;
}

/** Offers the free starts of one day, as a group of radio buttons; or the next day that has any. */
export function SlotPicker({ question, zone, date, value, onChoose, error }: SlotPickerProps) {
  const name = useId();
  const slots = useSlots(question, date, zone);
  const isFull = slots.data?.length === 0;
  const next = useNextSlot(question, date, zone, isFull);
  const own = viewerZone();
  return (
    <fieldset className="slots" aria-describedby={error ? `${name}-error` : undefined}>
      <legend>{words.time}</legend>
      {slots.isError && <Failure error={slots.error} retry={() => void slots.refetch()} />}
      <div className="slots-grid" aria-busy={slots.isFetching}>
        {slots.data?.map((slot) => (
          <label key={slot.start_time} className="slot">
            <input
              type="radio"
              name={name}
              checked={value !== "" && isSameInstant(value, slot.start_time)}
              onChange={() => onChoose(slot.start_time)}
            />
            <span>
              {formatTime(slot.start_time, zone)}
              {!showSameTime(zone, own, slot.start_time) && (
                <small>
                  {" "}
                  {formatTime(slot.start_time, own)}
                  <span className="visually-hidden"> {texts.zones.there}</span>
                </small>
              )}
            </span>
          </label>
        ))}
      </div>
      {isFull && isDate(date) && (
        <div className="slots-none" role="status">
          <p>{words.full}</p>
          {next && (
            <Button onClick={() => onChoose(next.start_time)}>
              {words.nextFree(
                `${formatShortDay(next.start_time, zone)}, ${formatTime(next.start_time, zone)}`,
              )}
            </Button>
          )}
        </div>
      )}
      {error && (
        <p className="field-error" id={`${name}-error`}>
          {error}
        </p>
      )}
    </fieldset>
  );
}
