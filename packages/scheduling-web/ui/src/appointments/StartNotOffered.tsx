import { dateOf, isSameInstant } from "../times/days";
import { Refusal } from "./Refusal";
import { useExplanation } from "./useExplanation";
import { type SlotQuestion, useSlots } from "./useSlots";

interface StartNotOfferedProps {
  question: SlotQuestion;
  start: string;
  zone: string;
  onChoose: (start: string) => void;
}

/** Says why a start that somebody asked for is not among those that are offered. */
export function StartNotOffered({ question, start, zone, onChoose }: StartNotOfferedProps) {
  const slots = useSlots(question, dateOf(start, zone), zone);
  const isOffered = slots.data?.some((slot) => isSameInstant(slot.start_time, start)) ?? true;
  const explanation = useExplanation(question, start, !isOffered);
  if (isOffered || explanation === undefined || explanation.bookable) return null;
  return (
    <Refusal
      reasons={explanation.reasons}
      suggestions={explanation.suggestions}
      zone={zone}
      onChoose={onChoose}
    />
  );
}
