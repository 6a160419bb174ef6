/** Every word of the pages, in one place, so that they can be translated. */

import type { Status } from "./api/types";

const plural = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

export const texts = {
  product: "Scheduling",
  loading: "Loading",
  close: "Close",
  dismiss: "Dismiss",
  cancel: "Cancel",
  undo: "Undo",
  tryAgain: "Try again",
  optional: "(optional)",
  skip: "Skip to the content",

  problems: {
    unreachable: "The service cannot be reached. Check the connection, and try again.",
    tooMany: "That was too often. Wait a moment, and try again.",
    unexpected: "Something went wrong. Try again, or load the page again.",
    /** By the name of the problem type; of the others the service's own words are shown. */
    byType: {
      "booking-refused": "That time cannot be booked.",
      "foreign-origin":
        "The service does not know the address of this page. Whoever runs it can set that right.",
      "illegal-transition": "The appointment is in another state by now. Load the page again.",
      "internal-error": "Something went wrong in the service. Nothing was changed; try again.",
      "invalid-credentials": "The username or the password is not right.",
      "lost-race": "Many people are booking at this moment. Nothing was changed; try again.",
      "not-found": "There is nothing here, or nothing of yours.",
      "precondition-required": "The page is out of date. Load it again.",
      "session-ended": "Your session has ended. Sign in again.",
      stopping: "The service is being restarted. Nothing was changed; try again in a moment.",
      "storage-unavailable": "The service cannot reach its data right now. Nothing was changed; try again.",
      unauthenticated: "Your session has ended. Sign in again.",
      "version-mismatch": "Somebody changed this appointment in the meantime.",
    },
  },

  broken: {
    title: "This page stopped working",
    what: "Something unexpected happened in it. Your appointments are safe with the service.",
    reload: "Load the page again",
  },

  notFound: {
    title: "Page not found",
    what: "There is no page at this address. It may have moved, or the link may be cut short.",
    home: "Go to upcoming appointments",
  },

  navigation: {
    label: "Main",
    upcoming: "Upcoming",
    calendar: "Calendar",
    signOut: "Sign out",
    signedInAs: (name: string) => `Signed in as ${name}`,
  },

  signIn: {
    title: "Sign in",
    lead: "See your appointments, and book new ones.",
    leadBack: "Sign in to go on to where you were.",
    username: "Username",
    password: "Password",
    usernameMissing: "Enter your username.",
    passwordMissing: "Enter your password.",
    tooLong: (most: number) => `Enter at most ${most} characters.`,
    submit: "Sign in",
  },

  status: {
    pending: "Waiting for confirmation",
    confirmed: "Confirmed",
    declined: "Declined",
    cancelled: "Cancelled",
    completed: "Took place",
    no_show: "Did not come",
  } satisfies Record<Status, string>,

  zones: {
    host: (zone: string, offset: string) => `Times are in ${zone} (${offset}).`,
    viewer: (zone: string, offset: string) => `You are in ${zone} (${offset}).`,
    there: "where you are",
    yours: (time: string) => `${time} where you are`,
  },

  upcoming: {
    title: "Upcoming",
    lead: (count: number) => plural(count, "appointment", "appointments"),
    today: "Today",
    tomorrow: "Tomorrow",
    now: "Now",
    emptyTitle: "Nothing is booked yet",
    emptyWhat: "Book the first appointment, or open the calendar to see when you are free.",
    book: "New appointment",
    openCalendar: "Open the calendar",
    more: (count: number) => `Show more (${count} left)`,
  },

  calendar: {
    title: "Calendar",
    book: "New appointment",
    today: "Today",
    goTo: "Go to date",
    view: "View",
    views: { day: "Day", week: "Week", month: "Month", list: "List" },
    previous: { day: "Previous day", week: "Previous week", month: "Previous month", list: "Previous week" },
    next: { day: "Next day", week: "Next week", month: "Next month", list: "Next week" },
    empty: "Nothing is booked in this week.",
    more: (count: number) => `${count} more`,
    closed: "Closed",
    busy: "Busy elsewhere",
    busyAt: (source: string) => `Busy at ${source}`,
    stays: (who: string) => `${who} was not moved`,
    staysWhere: (where: string, asked: string) =>
      `The appointment is still at ${where}. It cannot be moved to ${asked}.`,
    leave: "Leave it there",
  },

  booking: {
    title: "New appointment",
    customer: "Customer",
    customerMissing: "Enter who it is for.",
    tooLong: (most: number) => `Enter at most ${most} characters.`,
    unprintable: "Some characters in it cannot be kept. Type it in by hand.",
    type: "What",
    duration: "Duration",
    durationInMinutes: "Duration in minutes",
    durationRange: (shortest: string, longest: string, step: string) =>
      `From ${shortest} to ${longest}, in steps of ${step}.`,
    durationMissing: "Enter a duration.",
    durationWrong: (allowed: string) => `This duration cannot be booked. ${allowed}`,
    date: "Date",
    dateMissing: "Choose a date.",
    time: "Time",
    timeMissing: "Choose a time.",
    full: "There is no free time on this day.",
    nextFree: (when: string) => `Next free: ${when}`,
    notes: "Notes",
    submit: "Book",
    booked: (who: string, when: string) => `${who} is booked for ${when}.`,
    requested: (who: string, when: string) => `${who} is noted for ${when}, and waits for confirmation.`,
    noTypes: "There is nothing to book yet. Add an appointment type first.",
  },

  refusal: {
    title: "That time cannot be booked",
    nearest: "The nearest free times:",
  },

  reasons: {
    and: " and ",
    outside_hours: "It is outside of opening hours.",
    time_off: (when: string) => `There is time off ${when}.`,
    overlap: (when: string) => `Another appointment takes ${when}, with its buffers.`,
    external_busy: (when: string) => `Another calendar is busy ${when}.`,
    too_soon: (earliest: string) => `It is too soon: the earliest start is ${earliest}.`,
    beyond_horizon: (day: string) => `It is too far ahead: the last day to book is ${day}.`,
    limit_count: (count: number, period: string) =>
      `${plural(count, "appointment of this type is", "appointments of this type are")} the most for one ${period}.`,
    limit_minutes: (minutes: string, period: string) =>
      `It would go over the limit of ${minutes} of this type in that ${period}.`,
    off_grid: (beside: string) =>
      `Appointments do not start at this time. Beside it they start at ${beside}.`,
    wrong_duration: (duration: string) => `${duration} is not a duration of this appointment type.`,
  },

  detail: {
    back: "Upcoming",
    when: "When",
    yourTime: "Where you are",
    duration: "Duration",
    what: "What",
    notes: "Notes",
    calcom: "At Cal.com",
    booked: "Booked",
    changed: "Last changed",
    missingTitle: "Appointment not found",
    missing: "There is no such appointment, or none of yours.",
    reschedule: "Reschedule",
    edit: "Edit details",
    download: "Calendar file",
    confirm: "Confirm",
    decline: "Decline",
    complete: "Took place",
    noShow: "Did not come",
    cancel: "Cancel appointment",
    history: "History",
    stale: "Somebody changed this appointment in the meantime. This is how it is now.",
    save: "Save",
    saved: "The details are saved.",
    keep: "Keep it",
    done: {
      confirm: "The appointment is confirmed.",
      decline: "The appointment is declined, and its time is free again.",
      complete: "It is noted that the appointment took place.",
      "no-show": "It is noted that the customer did not come.",
      cancel: "The appointment is cancelled, and its time is free again.",
    },
    cancelTitle: "Cancel this appointment?",
    cancelWhat: (who: string, when: string) => `${who}, ${when}. Its time will be free again.`,
    cancelReason: "Reason",
    cancelHint: "It is kept in the history.",
    declineTitle: "Decline this appointment?",
    moveTitle: "Reschedule",
    moveFrom: (who: string, when: string) => `${who}, now ${when}`,
    moveSubmit: "Move here",
    moved: (who: string, when: string) => `${who} is moved to ${when}.`,
    movedBack: (who: string, when: string) => `${who} is back at ${when}.`,
  },

  history: {
    booked: "Booked",
    rescheduled: (from: string, to: string) => `Moved from ${from} to ${to}`,
    amended: "Details changed",
    confirmed: "Confirmed",
    declined: "Declined",
    cancelled: "Cancelled",
    completed: "Took place",
    no_show: "Did not come",
    purged: "Customer erased",
    because: (reason: string) => `Reason: ${reason}`,
    override: (actor: string, reason: string) => `${actor} set rules aside: ${reason}`,
  },

  sync: {
    inStep: "Cal.com is in step with your appointments.",
    underway: (count: number) =>
      `${plural(count, "appointment is", "appointments are")} on the way to Cal.com.`,
    stuck: (count: number) =>
      `${plural(count, "appointment has", "appointments have")} not arrived at Cal.com.`,
    down: "Cal.com cannot be reached at the moment. Appointments are delivered as soon as it is back.",
    alert: "Cal.com does not take what is sent to it. Whoever runs the service has to look at the link.",
  },
};
