import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, test } from "vitest";

import type { Appointment } from "../api/types";
import { holdClock } from "../test/clock";
import { visit } from "../test/render";
import { newAppointment } from "../test/samples";
import { FakeService } from "../test/service";
import { texts } from "../texts";

const { booking, detail: words } = texts;

holdClock();

let service: FakeService;

beforeEach(() => {
  service = new FakeService();
});

/** Open the page of an appointment, once it is there. */
async function open(appointment: Appointment) {
  service.appointments.push(appointment);
  const view = visit(service, `/appointments/${appointment.id}`);
  await screen.findByRole("heading", { name: appointment.customer_name });
  return view;
}

function historyItems(): HTMLElement[] {
  return within(screen.getByRole("list", { name: words.history })).queryAllByRole("listitem");
}

/** Somebody else changes the appointment, in another browser. */
function changeElsewhere(appointment: Appointment, changes: Partial<Appointment>) {
  service.appointments = service.appointments.map((one) =>
    one.id === appointment.id ? { ...one, ...changes, version: one.version + 1 } : one,
  );
}

describe("an appointment", () => {
  test("tells all about itself, in the host's time and the viewer's", async () => {
    await open(newAppointment("2030-02-01T09:00", { customer_name: "Kim", notes: "by the\nwindow" }));

    expect(screen.getByText("Confirmed")).toBeVisible();
    expect(screen.getByText("Friday, February 1, 9:00 – 9:30 AM")).toBeVisible();
    expect(screen.getByText(/^Fri, Feb 1, 3:00 – 3:30 AM/)).toHaveTextContent("New York (GMT-5)");
    expect(screen.getByText(/^by the/)).toHaveTextContent("by the window");
  });

  test("that is not there is said to be not there", async () => {
    visit(service, "/appointments/none");

    expect(await screen.findByRole("heading", { name: words.missingTitle })).toBeVisible();
  });

  test("shows what happened to it, newest first", async () => {
    const { user } = await open(newAppointment("2030-02-01T09:00", { status: "pending" }));
    await user.click(screen.getByRole("button", { name: words.confirm }));
    await screen.findByText(words.done.confirm);
    await user.click(screen.getByRole("button", { name: words.cancel }));
    await user.type(screen.getByLabelText(/^Reason/), "ill");

    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: words.cancel }));

    await screen.findByText(words.done.cancel);
    await waitFor(() => expect(historyItems()).toHaveLength(2));
    const [last, first] = historyItems();
    expect(last).toHaveTextContent(/Cancelled.*Reason: ill/);
    expect(first).toHaveTextContent(/^Confirmed/);
  });
});

describe("steps", () => {
  test("of one that waits are to confirm or to decline it", async () => {
    const { user } = await open(newAppointment("2030-02-01T09:00", { status: "pending" }));
    await user.click(screen.getByRole("button", { name: words.decline }));

    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: words.decline }));

    await waitFor(() => expect(service.appointments[0]).toMatchObject({ status: "declined" }));
    expect(screen.queryByRole("button", { name: words.confirm })).not.toBeInTheDocument();
  });

  test("of one that has begun are whether it took place", async () => {
    const { user } = await open(newAppointment("2030-01-31T07:30"));

    await user.click(screen.getByRole("button", { name: words.noShow }));

    await waitFor(() => expect(service.appointments[0]).toMatchObject({ status: "no_show" }));
    expect(screen.queryByRole("button", { name: words.reschedule })).not.toBeInTheDocument();
  });

  test("of one that is to come are not whether it took place", async () => {
    await open(newAppointment("2030-02-01T09:00"));

    expect(screen.queryByRole("button", { name: words.complete })).not.toBeInTheDocument();
  });

  test("can be thought better of", async () => {
    const { user } = await open(newAppointment("2030-02-01T09:00"));
    await user.click(screen.getByRole("button", { name: words.cancel }));

    await user.click(screen.getByRole("button", { name: texts.keep }));

    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
    expect(service.appointments[0]).toMatchObject({ status: "confirmed" });
    expect(screen.getByRole("button", { name: words.cancel })).toHaveFocus();
  });

  test("meant for what somebody else changed meanwhile are not taken", async () => {
    const appointment = newAppointment("2030-02-01T09:00", { status: "pending" });
    const { user } = await open(appointment);
    changeElsewhere(appointment, { notes: "new", customer_name: "Lee" });

    await user.click(screen.getByRole("button", { name: words.confirm }));

    expect(await screen.findByText(words.stale)).toBeVisible();
    expect(await screen.findByRole("heading", { name: "Lee" })).toBeVisible();
    expect(service.appointments[0]).toMatchObject({ status: "pending" });
  });
});

describe("rescheduling", () => {
  async function openDialog(appointment: Appointment, date = "2030-02-01") {
    const view = await open(appointment);
    await view.user.click(screen.getByRole("button", { name: words.reschedule }));
    fireEvent.change(screen.getByLabelText(booking.date), { target: { value: date } });
    await screen.findAllByRole("radio");
    return view;
  }

  test("offers what is free, its own time too, and moves it", async () => {
    service.appointments = [newAppointment("2030-02-01T10:00")];
    const { user } = await openDialog(newAppointment("2030-02-01T09:00", { customer_name: "Kim" }));
    expect(screen.getByRole("radio", { name: /^9:00 AM/ })).toBeVisible();
    expect(screen.queryByRole("radio", { name: /^10:00 AM/ })).not.toBeInTheDocument();

    await user.click(screen.getByRole("radio", { name: /^11:00 AM/ }));
    await user.click(screen.getByRole("button", { name: words.moveSubmit }));

    expect(await screen.findByText(words.moved("Kim", "Fri, Feb 1, 11:00 AM"))).toBeVisible();
    expect(service.appointments[1]).toMatchObject({ start_time: "2030-02-01T11:00:00+01:00", version: 2 });
    expect(await screen.findByText("Friday, February 1, 11:00 – 11:30 AM")).toBeVisible();
  });

  test("to where it is already only closes", async () => {
    const { user } = await openDialog(newAppointment("2030-02-01T09:00", { customer_name: "Kim" }));
    await user.click(screen.getByRole("radio", { name: /^9:00 AM/ }));

    await user.click(screen.getByRole("button", { name: words.moveSubmit }));

    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    expect(screen.queryByRole("button", { name: texts.undo })).not.toBeInTheDocument();
    expect(service.count("PUT")).toBe(0);
  });

  test("can be taken back", async () => {
    const { user } = await openDialog(newAppointment("2030-02-01T09:00", { customer_name: "Kim" }));
    await user.click(screen.getByRole("radio", { name: /^11:00 AM/ }));
    await user.click(screen.getByRole("button", { name: words.moveSubmit }));

    await user.click(await screen.findByRole("button", { name: texts.undo }));

    expect(await screen.findByText(words.movedBack("Kim", "Fri, Feb 1, 9:00 AM"))).toBeVisible();
    expect(service.appointments[0]).toMatchObject({ start_time: "2030-02-01T09:00:00+01:00", version: 3 });
  });

  test("asks for a time", async () => {
    const { user } = await openDialog(newAppointment("2030-02-01T09:00"), "2030-02-02");

    await user.click(screen.getByRole("button", { name: words.moveSubmit }));

    expect(await screen.findByText(booking.timeMissing)).toBeVisible();
    expect(service.count("PUT")).toBe(0);
  });

  test("into a time that was taken meanwhile says why, and offers others", async () => {
    const { user } = await openDialog(newAppointment("2030-02-01T09:00"));
    await user.click(screen.getByRole("radio", { name: /^11:00 AM/ }));
    service.appointments.push(newAppointment("2030-02-01T11:00"));

    await user.click(screen.getByRole("button", { name: words.moveSubmit }));

    const refusal = await screen.findByRole("alert");
    expect(refusal).toHaveTextContent(texts.reasons.overlap("Fri, Feb 1, 11:00 – 11:30 AM"));
    await user.click(within(refusal).getByRole("button", { name: "Fri, Feb 1, 11:30 AM" }));
    await user.click(screen.getByRole("button", { name: words.moveSubmit }));
    await waitFor(() =>
      expect(service.appointments[0]).toMatchObject({ start_time: "2030-02-01T11:30:00+01:00" }),
    );
  });

  test("what somebody else moved meanwhile says so, and shows where it is", async () => {
    const appointment = newAppointment("2030-02-01T09:00", { customer_name: "Kim" });
    const { user } = await openDialog(appointment);
    await user.click(screen.getByRole("radio", { name: /^11:00 AM/ }));
    changeElsewhere(appointment, {
      start_time: "2030-02-01T14:00:00+01:00",
      end_time: "2030-02-01T14:30:00+01:00",
    });

    await user.click(screen.getByRole("button", { name: words.moveSubmit }));

    expect(await screen.findByText(words.stale)).toBeVisible();
    expect(await screen.findByText(words.moveFrom("Kim", "Fri, Feb 1, 2:00 – 2:30 PM"))).toBeVisible();
    expect(service.appointments[0]).toMatchObject({ start_time: "2030-02-01T14:00:00+01:00" });
  });

  test("keeps a duration that the type has no more", async () => {
    const { user } = await openDialog(newAppointment("2030-02-01T09:00", { duration_minutes: 50 }));
    expect(screen.getByLabelText(booking.duration)).toHaveDisplayValue("50 min");

    await user.click(screen.getByRole("radio", { name: /^11:00 AM/ }));
    await user.click(screen.getByRole("button", { name: words.moveSubmit }));

    await waitFor(() => expect(service.appointments[0]).toMatchObject({ version: 2, duration_minutes: 50 }));
  });
});

describe("details", () => {
  test("are changed without moving it", async () => {
    const { user } = await open(newAppointment("2030-02-01T09:00", { customer_name: "Kim" }));
    await user.click(screen.getByRole("button", { name: words.edit }));
    const name = screen.getByLabelText(booking.customer);
    await user.clear(name);
    await user.click(screen.getByRole("button", { name: words.save }));
    expect(await screen.findByText(booking.customerMissing)).toBeVisible();

    await user.type(name, "Kim Lee");
    await user.click(screen.getByRole("button", { name: words.save }));

    expect(await screen.findByRole("heading", { name: "Kim Lee" })).toBeVisible();
    expect(service.appointments[0]).toMatchObject({ customer_name: "Kim Lee", version: 2 });
  });

  test("can be saved as a calendar file", async () => {
    const { user } = await open(newAppointment("2030-02-01T09:00"));

    await user.click(screen.getByRole("button", { name: words.download }));

    await waitFor(() => expect(service.count("GET /api/appointments/")).toBe(3));
    expect(service.requests.at(-1)).toMatch(/calendar\.ics$/);
    expect(screen.queryByText(texts.problems.unexpected)).not.toBeInTheDocument();
  });
});
