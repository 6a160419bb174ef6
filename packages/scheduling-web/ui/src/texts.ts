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
    unexpected: "Something went wrong. Try again, or load the page again.",
    /** By the name of the problem type; of the others the service's own words are shown. */
    byType: {
      "booking-refused": "That time cannot be booked.",
      "internal-error": "Something went wrong in the service. Nothing was changed; try again.",
      "invalid-credentials": "The username or the password is not right.",
      "lost-race": "Many people are booking at this moment. Nothing was changed; try again.",
      "not-found": "There is nothing here, or nothing of yours.",
      "precondition-required": "The page is out of date. Load it again.",
      "storage-unavailable": "The service cannot reach its data right now. Nothing was changed; try again.",
      "too-many-requests": "That was too often. Wait a moment, and try again.",
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
};
