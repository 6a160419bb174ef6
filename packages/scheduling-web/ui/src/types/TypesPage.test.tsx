import { screen, waitFor } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import { holdClock } from "../test/clock";
import { visit } from "../test/render";
import { newAppointment, newType } from "../test/samples";
import { FakeService } from "../test/service";
import { texts } from "../texts";

const { types: words } = texts;

holdClock();

describe("appointment types", () => {
  test("are listed with what makes them what they are", async () => {
    const service = new FakeService();
    service.types = [
      newType({ title: "Check-up", minimum_notice_minutes: 120, requires_confirmation: true }),
    ];

    visit(service, "/types");

    const link = await screen.findByRole("link", { name: /Check-up/ });
    expect(link).toHaveTextContent("30 min, 1 hr");
    expect(link).toHaveTextContent(words.notice("2 hr"));
    expect(link).toHaveTextContent(words.confirmation);
  });

  test("say what to do where there are none", async () => {
    const service = new FakeService();
    service.types = [];

    visit(service, "/types");

    expect(await screen.findByText(words.emptyTitle)).toBeVisible();
  });

  test("are added", async () => {
    const service = new FakeService();
    const { user, router } = visit(service, "/types/new");

    await user.type(await screen.findByLabelText(words.name), "Haircut");
    const durations = screen.getByLabelText(words.durations);
    await user.clear(durations);
    await user.type(durations, "45, 90");
    await user.click(screen.getByRole("button", { name: words.addLimit }));
    await user.click(screen.getByRole("button", { name: words.save }));

    await screen.findByText(words.saved("Haircut"));
    expect(router.state.location.pathname).toBe("/types");
    expect(service.types.at(-1)).toMatchObject({
      title: "Haircut",
      durations: [45, 90],
      slot_interval_minutes: 15,
      limits: [{ period: "day", count: 1 }],
    });
  });

  test("are changed, a list of durations into a range too", async () => {
    const service = new FakeService();
    const { user } = visit(service, "/types/appointment");

    await user.click(await screen.findByRole("button", { name: words.lengthsRange }));
    await user.clear(screen.getByLabelText(words.longest));
    await user.type(screen.getByLabelText(words.longest), "60");
    await user.click(screen.getByRole("button", { name: words.save }));

    await screen.findByText(words.saved("Appointment"));
    expect(service.types[0]?.duration_range).toEqual({ shortest: 15, longest: 60, step: 15 });
  });

  test("are held to the rules of the service before they are sent", async () => {
    const service = new FakeService();
    const { user } = visit(service, "/types/new");

    const durations = await screen.findByLabelText(words.durations);
    await user.clear(durations);
    await user.type(durations, "half an hour");
    await user.clear(screen.getByLabelText(words.interval));
    await user.click(screen.getByRole("button", { name: words.save }));

    expect(await screen.findByText(words.nameMissing)).toBeVisible();
    expect(screen.getByText(words.durationsWrong(100))).toBeVisible();
    expect(screen.getByLabelText(words.interval)).toBeInvalid();
    expect(service.count("POST /api/appointment-types")).toBe(0);
  });

  test("are removed once nothing to come is of them", async () => {
    const service = new FakeService();
    service.appointments = [newAppointment("2030-02-01T09:00")];
    const { user, router } = visit(service, "/types/appointment");
    await user.click(await screen.findByRole("button", { name: words.remove }));
    const [, confirm] = screen.getAllByRole("button", { name: words.remove });

    await user.click(confirm as HTMLElement);
    expect(await screen.findByText(texts.problems.byType["type-in-use"])).toBeVisible();

    service.appointments = [];
    await user.click(confirm as HTMLElement);
    await waitFor(() => expect(router.state.location.pathname).toBe("/types"));
    expect(service.types).toEqual([]);
  });

  test("are removed with what was changed in them and not saved", async () => {
    const { user, router } = visit(new FakeService(), "/types/appointment");
    await user.type(await screen.findByLabelText(words.name), " of old");
    await user.click(screen.getByRole("button", { name: words.remove }));

    await user.click(screen.getAllByRole("button", { name: words.remove })[1] as HTMLElement);

    await waitFor(() => expect(router.state.location.pathname).toBe("/types"));
    expect(screen.queryByText(texts.unsaved.title)).not.toBeInTheDocument();
  });

  test("are not left unsaved without asking", async () => {
    const { user, router } = visit(new FakeService(), "/types/appointment");
    await user.type(await screen.findByLabelText(words.name), " of old");

    await user.click(screen.getByRole("link", { name: texts.navigation.upcoming }));
    await user.click(await screen.findByRole("button", { name: texts.unsaved.stay }));
    expect(router.state.location.pathname).toBe("/types/appointment");
    expect(screen.getByLabelText(words.name)).toHaveValue("Appointment of old");

    await user.click(screen.getByRole("link", { name: texts.navigation.upcoming }));
    await user.click(await screen.findByRole("button", { name: texts.unsaved.leave }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/"));
  });

  test("that are not there are said to be missing", async () => {
    visit(new FakeService(), "/types/nothing");

    expect(await screen.findByText(words.missing)).toBeVisible();
  });
});
