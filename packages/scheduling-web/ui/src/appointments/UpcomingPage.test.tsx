import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { unreachable } from "../test/answers";
import { holdClock } from "../test/clock";
import { visit } from "../test/render";
import { newAppointment, newType } from "../test/samples";
import { FakeService } from "../test/service";
import { texts } from "../texts";

const { upcoming: words } = texts;

holdClock();

describe("upcoming appointments", () => {
  test("are listed by day, each with time, duration and customer", async () => {
    const service = new FakeService();
    service.appointments = [
      newAppointment("2030-02-01T14:00", { customer_name: "Lee", duration_minutes: 90 }),
      newAppointment("2030-01-31T09:00", { customer_name: "Kim" }),
      newAppointment("2030-02-01T09:00", { customer_name: "Ira", status: "pending" }),
    ];

    visit(service, "/");

    const today = await screen.findByRole("region", { name: /^Today, Thursday, January 31/ });
    expect(within(today).getByRole("link")).toHaveTextContent(/9:00 – 9:30.AM.*Kim.*30 min/);
    const tomorrow = screen.getByRole("region", { name: /^Tomorrow, Friday, February 1/ });
    const [ira, lee] = within(tomorrow).getAllByRole("link");
    expect(ira).toHaveTextContent(/Ira.*Waiting for confirmation/);
    expect(lee).toHaveTextContent(/Lee.*1 hr 30 min/);
  });

  test("show the viewer's own time where the clocks differ", async () => {
    const service = new FakeService();
    service.appointments = [newAppointment("2030-01-31T09:00")];

    visit(service, "/");

    expect(await screen.findByText("3:00 AM where you are")).toBeVisible();
    expect(screen.getByText(/Times are in Berlin \(GMT\+1\)/)).toBeVisible();
  });

  test("name what is booked where there are several types", async () => {
    const service = new FakeService();
    service.types = [newType(), newType({ id: "cut", title: "Haircut" })];
    service.appointments = [newAppointment("2030-01-31T09:00", { type: "cut" })];

    visit(service, "/");

    expect(await screen.findByText(/Haircut/)).toBeVisible();
  });

  test("say what to do where there are none", async () => {
    visit(new FakeService(), "/");

    expect(await screen.findByText(words.emptyTitle)).toBeVisible();
    expect(screen.getByRole("link", { name: words.openCalendar })).toHaveAttribute("href", "/calendar");
    expect(screen.getByRole("link", { name: words.book })).toHaveAttribute("href", "/appointments/new");
  });

  test("lead to all about an appointment", async () => {
    const service = new FakeService();
    const appointment = newAppointment("2030-01-31T09:00");
    service.appointments = [appointment];
    const { user, router } = visit(service, "/");

    await user.click(await screen.findByRole("link", { name: new RegExp(appointment.customer_name) }));

    await waitFor(() => expect(router.state.location.pathname).toBe(`/appointments/${appointment.id}`));
  });

  test("are drawn fifty at a time", async () => {
    const service = new FakeService();
    service.appointments = Array.from({ length: 60 }, () => newAppointment("2030-02-01T09:00"));
    const { user } = visit(service, "/");

    await user.click(await screen.findByRole("button", { name: words.more(10) }));

    expect(screen.getAllByRole("link", { name: /Customer/ })).toHaveLength(60);
    expect(screen.queryByRole("button", { name: /more/ })).not.toBeInTheDocument();
  });

  test("can be asked for again after a failure", async () => {
    const service = new FakeService();
    service.appointments = [newAppointment("2030-01-31T09:00", { customer_name: "Kim" })];
    service.fault = ({ url }) => (url.endsWith("/upcoming") ? unreachable() : undefined);
    const { user } = visit(service, "/");
    const retry = await screen.findByRole("button", { name: texts.tryAgain });
    service.fault = null;

    await user.click(retry);

    expect(await screen.findByText("Kim")).toBeVisible();
  });
});
