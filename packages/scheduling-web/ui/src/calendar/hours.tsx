/** How the views that have hours draw what stands in them. */

import type { EventDisplayInfo } from "@fullcalendar/react";

import type { Appointment } from "../api/types";
import { texts } from "../texts";

export const VIEW_OF_HOURS = {
  slotHeaderInnerClass: "agenda-hour",
  /** The name comes first: it is what a short appointment has room for. */
  eventContent: ({ event, timeText, isShort }: EventDisplayInfo) => {
    const appointment = event.extendedProps.appointment as Appointment | undefined;
    const status = appointment?.status ?? "confirmed";
    return (
      <span className={isShort ? "agenda-event agenda-event-short" : "agenda-event"}>
        <b>{event.title}</b> <span>{timeText}</span>
        {status !== "confirmed" && (
          <span className={isShort ? "visually-hidden" : undefined}> {texts.status[status]}</span>
        )}
      </span>
    );
  },
};
