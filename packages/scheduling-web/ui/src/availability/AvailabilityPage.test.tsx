import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import { problem } from "../test/answers";
import { holdClock } from "../test/clock";
import { visit } from "../test/render";
import { newAppointment, newAvailability } from "../test/samples";
import { FakeService } from "../test/service";
import { texts } from "../texts";

const { availability: words } = texts;
const PATH = "/availability";

holdClock();

async function open(service: FakeService) {
  const view = visit(service, PATH);
  await screen.findByRole("heading", { name: words.week });
  return view;
}

const save = () => screen.getByRole("button", { name: words.save });

describe("the availability editor", () => {
  test("shows the hours of every day, and when it is closed", async () => {
    const service = new FakeService();
    service.availability = newAvailability({
      weekly_hours: [{ day: "tuesday", start: "10:00", end: "24:00" }],
    });

    await open(service);

    expect(screen.getByLabelText(words.zone)).toHaveValue("Europe/Berlin");
    expect(screen.getByLabelText(words.from("Tuesday"))).toHaveValue("10:00");
    expect(screen.getByLabelText(words.to("Tuesday"))).toHaveValue("00:00");
    const week = screen.getByRole("region", { name: words.week });
    expect(within(week).getAllByText(words.closed)).toHaveLength(6);
  });

  test("saves several ranges a day", async () => {
    const service = new FakeService();
    service.availability = newAvailability({
      weekly_hours: [{ day: "monday", start: "09:00", end: "12:00" }],
    });
    const { user } = await open(service);

    await user.click(screen.getByRole("button", { name: words.addHoursTo("Monday") }));
    const [, start] = screen.getAllByLabelText(words.from("Monday"));
    const [, end] = screen.getAllByLabelText(words.to("Monday"));
    fireEvent.change(start as HTMLElement, { target: { value: "13:00" } });
    fireEvent.change(end as HTMLElement, { target: { value: "00:00" } });
    await user.click(save());

    await screen.findByText(words.saved);
    expect(service.availability.weekly_hours).toEqual([
      { day: "monday", start: "09:00", end: "12:00" },
      { day: "monday", start: "13:00", end: "24:00" },
    ]);
  });

  test("copies the hours of a day to others", async () => {
    const service = new FakeService();
    service.availability = newAvailability({
      weekly_hours: [{ day: "monday", start: "08:00", end: "12:00" }],
    });
    const { user } = await open(service);

    await user.click(screen.getByRole("button", { name: words.copyOf("Monday") }));
    await user.click(screen.getByRole("checkbox", { name: "Friday" }));
    await user.click(screen.getByRole("button", { name: words.copySubmit }));
    await user.click(save());

    await screen.findByText(words.saved);
    expect(service.availability.weekly_hours).toEqual([
      { day: "monday", start: "08:00", end: "12:00" },
      { day: "friday", start: "08:00", end: "12:00" },
    ]);
  });

  test("says what is wrong and saves nothing", async () => {
    const service = new FakeService();
    const { user } = await open(service);
    const before = service.availability;

    fireEvent.change(screen.getByLabelText(words.to("Monday")), { target: { value: "08:00" } });
    await user.click(save());

    expect(await screen.findByText(words.endBeforeStart)).toBeVisible();
    expect(screen.getByLabelText(words.to("Monday"))).toBeInvalid();
    expect(service.availability).toBe(before);
    expect(await screen.findByText(words.previewMistakes)).toBeVisible();
  });

  test("warns about appointments that would be left outside, before anything is saved", async () => {
    const service = new FakeService();
    service.appointments = [newAppointment("2030-02-04T15:00", { customer_name: "Kim" })];
    const { user } = await open(service);

    await user.click(screen.getByRole("button", { name: words.removeHours("Monday") }));

    expect(await screen.findByText(words.wouldBeOutside(1))).toBeVisible();
    expect(screen.getByRole("link", { name: "Kim" })).toBeVisible();
    expect(service.availability.weekly_hours).toHaveLength(7);
  });

  test("shows the open hours that come of it", async () => {
    const service = new FakeService();
    service.availability = newAvailability({
      weekly_hours: [{ day: "friday", start: "09:00", end: "17:00" }],
    });

    await open(service);

    const preview = screen.getByRole("region", { name: words.preview });
    expect(await within(preview).findAllByText("9:00 AM – 5:00 PM")).toHaveLength(2);
  });

  test("closes a date, and takes time off with its reason", async () => {
    const service = new FakeService();
    const { user } = await open(service);

    await user.click(screen.getByRole("button", { name: words.addDate }));
    fireEvent.change(screen.getByLabelText(words.date), { target: { value: "2030-12-24" } });
    await user.click(screen.getByRole("button", { name: words.addTimeOff }));
    fireEvent.change(screen.getByLabelText(words.awayFrom), { target: { value: "2030-08-01T00:00" } });
    fireEvent.change(screen.getByLabelText(words.awayUntil), { target: { value: "2030-08-15T00:00" } });
    await user.type(screen.getByLabelText(/^Reason/), "Summer");
    await user.click(save());

    await screen.findByText(words.saved);
    expect(service.availability.date_overrides).toEqual([{ date: "2030-12-24", hours: [] }]);
    expect(service.availability.time_off).toEqual([
      { start_time: "2030-07-31T22:00:00Z", end_time: "2030-08-14T22:00:00Z", reason: "Summer" },
    ]);
  });

  test("says why the service refused it, and keeps what was typed", async () => {
    const service = new FakeService();
    const { user } = await open(service);
    service.fault = ({ method, url }) =>
      method === "PUT" && !url.includes("dry_run") ? problem("storage-unavailable", 503, "busy") : undefined;

    fireEvent.change(screen.getByLabelText(words.from("Monday")), { target: { value: "08:00" } });
    await user.click(save());

    expect(await screen.findByText(texts.problems.byType["storage-unavailable"])).toBeVisible();
    expect(screen.getByLabelText(words.from("Monday"))).toHaveValue("08:00");
  });

  test("asks before changes are left behind", async () => {
    const { user, router } = await open(new FakeService());

    fireEvent.change(screen.getByLabelText(words.from("Monday")), { target: { value: "08:00" } });
    await user.click(screen.getByRole("link", { name: texts.navigation.upcoming }));
    await user.click(await screen.findByRole("button", { name: texts.unsaved.stay }));
    expect(router.state.location.pathname).toBe(PATH);

    await user.click(screen.getByRole("link", { name: texts.navigation.upcoming }));
    await user.click(await screen.findByRole("button", { name: texts.unsaved.leave }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/"));
  });
});
