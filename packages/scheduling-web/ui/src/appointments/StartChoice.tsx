import { isDate } from "../times/days";
import { ZoneNote } from "../times/ZoneNote";
import { SlotPicker } from "./SlotPicker";
import { StartNotOffered } from "./StartNotOffered";
import type { SlotQuestion } from "./useSlots";

interface StartChoiceProps {
  question: SlotQuestion;
  zone: string;
  date: string;
  /** The start that is chosen; empty where none is. */
  start: string;
  onChoose: (start: string) => void;
  error?: string | undefined;
  /** Whether what went wrong with the start is said already. */
  isExplained: boolean;
}

/** Asks for the start on a date: says in which zone, offers what is free, and explains a start that is not. */
export function StartChoice({ question, zone, date, start, onChoose, error, isExplained }: StartChoiceProps) {
  return (
    <>
      <ZoneNote zone={zone} {...(start !== "" && { at: start })} />
      {start !== "" && !isExplained && (
        <StartNotOffered question={question} start={start} zone={zone} onChoose={onChoose} />
      )}
      {isDate(date) && (
        <SlotPicker
          question={question}
          zone={zone}
          date={date}
          value={start}
          onChoose={onChoose}
          error={error}
        />
      )}
    </>
  );
}
