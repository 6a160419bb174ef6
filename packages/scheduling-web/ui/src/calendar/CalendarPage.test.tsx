import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, test } from "vitest";

import { unreachable } from "../test/answers";
import { holdClock } from "../test/clock";
import { visit } from "../test/render";
import { newAppointment } from "../test/samples";
import { FakeService } from "../test/service";
import { texts } from "../texts";

const { calendar: words } = texts;

holdClock();

let service: FakeService;

beforeEach(() => {
  service = new FakeService();
});

describe("the calendar", () => {
  test("shows the appointments of the week in the host's time", async () => {
    service.appointments = [
      newAppointment("2030-01-31T09:00", { customer_name: "Kim" }),
      newAppointment("2030-02-04T09:00", { customer_name: "Lee" }),
      newAppointment("2030-01-30T09:00", { customer_name: "Ira", status: "cancelled" }),
    ];

    visit(service, "/calendar");

    expect(await screen.findByRole("button", { name: /Kim.*9:00.*9:30/ })).toBeInTheDocument();
    expect(screen.getByRole("heading", { name: /January 27\s–\sFebruary 2, 2030/ })).toBeVisible();
    expect(screen.queryByText("Lee")).not.toBeInTheDocument();
    expect(screen.queryByText("Ira")).not.toBeInTheDocument();
    expect(screen.getByText(/Times are in Berlin/)).toBeVisible();
  });

  test("goes on, back, and to today", async () => {
    service.appointments = [newAppointment("2030-02-04T09:00", { customer_name: "Lee" })];
    const { user, router } = visit(service, "/calendar");

    await user.click(await screen.findByRole("button", { name: words.next.week }));

    expect(await screen.findByText("Lee")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: words.previous.week }));
    await waitFor(() => expect(screen.queryByText("Lee")).not.toBeInTheDocument());
    await user.click(screen.getByRole("button", { name: words.previous.week }));
    await user.click(screen.getByRole("button", { name: words.today }));
    expect(router.state.location.search).toBe("?view=week&date=2030-01-31");
  });

  test("goes to a date that is picked", async () => {
    service.appointments = [newAppointment("2031-06-10T09:00", { customer_name: "Lee" })];
    visit(service, "/calendar");

    fireEvent.change(await screen.findByLabelText(words.goTo), { target: { value: "2031-06-10" } });

    expect(await screen.findByText("Lee")).toBeInTheDocument();
  });

  test.each([
    ["day", /Thursday, January 31/],
    ["month", /January 2030/],
    ["list", /January 27\s–\sFebruary 2/],
  ] as const)("shows a %s", async (view, title) => {
    service.appointments = [newAppointment("2030-01-31T09:00", { customer_name: "Kim" })];
    const { user } = visit(service, "/calendar");

    await user.click(await screen.findByRole("button", { name: words.views[view] }));

    expect(await screen.findByRole("heading", { name: title })).toBeVisible();
    expect(await screen.findByText("Kim")).toBeInTheDocument();
  });

  test("opens all about an appointment, with the keyboard too", async () => {
    const appointment = newAppointment("2030-01-31T09:00", { customer_name: "Kim" });
    service.appointments = [appointment];
    const { user, router } = visit(service, "/calendar?view=day");
    const event = await screen.findByRole("button", { name: /Kim/ });

    event.focus();
    await user.keyboard("{Enter}");

    await waitFor(() => expect(router.state.location.pathname).toBe(`/appointments/${appointment.id}`));
    const content = within(screen.getByRole("main"));
    await user.click(await content.findByRole("link", { name: texts.navigation.calendar }));
    expect(await screen.findByRole("button", { name: /Kim/ })).toBeInTheDocument();
  });

  test("books on the day that is shown, and shows the appointment", async () => {
    const { user } = visit(service, "/calendar?view=day&date=2030-02-01");

    await user.click(await screen.findByRole("button", { name: words.book }));
    const dialog = within(await screen.findByRole("dialog"));
    expect(dialog.getByLabelText(texts.booking.customer)).toHaveFocus();
    await user.type(dialog.getByLabelText(texts.booking.customer), "Kim");
    await user.click(await dialog.findByRole("radio", { name: /^10:00 AM/ }));
    await user.click(dialog.getByRole("button", { name: texts.booking.submit }));

    expect(await screen.findByRole("button", { name: /Kim.*10:00/ })).toBeInTheDocument();
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  });

  test("makes as many requests for many appointments as for few", async () => {
    const few = new FakeService();
    few.appointments = [newAppointment("2030-01-31T09:00")];
    const { unmount } = visit(few, "/calendar?view=month");
    await screen.findByText(/Customer/);
    unmount();
    service.appointments = Array.from({ length: 500 }, () => newAppointment("2030-01-31T09:00"));

    visit(service, "/calendar?view=month");

    await screen.findAllByText(/Customer/);
    expect(service.requests.length).toBe(few.requests.length);
  });

  test("says that it cannot be read, and reads it again", async () => {
    service.appointments = [newAppointment("2030-01-31T09:00", { customer_name: "Kim" })];
    service.fault = ({ url }) => (url.includes("/api/appointments?") ? unreachable() : undefined);
    const { user } = visit(service, "/calendar");
    const retry = await screen.findByRole("button", { name: texts.tryAgain });
    service.fault = null;

    await user.click(retry);

    expect(await screen.findByText("Kim")).toBeInTheDocument();
  });
});
