/** The shapes of the service, by the names that the pages use for them. */

import type { components } from "./schema";

type Schemas = components["schemas"];

export type Appointment = Schemas["AppointmentAnswer"];
export type AppointmentChanges = Schemas["AppointmentChanges"];
export type AppointmentType = Schemas["TypeAnswer"];
export type Availability = Schemas["AvailabilityAnswer"];
export type AvailabilityChanges = Schemas["AvailabilityChanges"];
export type ChangedAvailability = Schemas["ChangedAvailability"];
export type Calendar = Schemas["CalendarAnswer"];
export type Credentials = Schemas["Credentials"];
export type Delivery = Schemas["DeliveryAnswer"];
export type Explanation = Schemas["Explanation"];
export type Grant = Schemas["Grant"];
export type HistoryEntry = Schemas["HistoryEntry"];
export type NewAppointment = Schemas["NewAppointment"];
export type Problem = Schemas["Problem"];
export type Reason = Schemas["ReasonAnswer"];
export type Slot = Schemas["Slot"];
export type Span = Schemas["Span"];
export type Status = Schemas["Status"];
export type Sync = Schemas["SyncAnswer"];
export type SyncState = Schemas["SyncState"];
export type TypeBody = Schemas["TypeBody"];
