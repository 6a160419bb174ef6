import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import { LONGEST_NAME } from "../api/limits";
import { problem, unreachable } from "../test/answers";
import { holdClock } from "../test/clock";
import { visit } from "../test/render";
import { newAppointment, newType } from "../test/samples";
import { FakeService } from "../test/service";
import { texts } from "../texts";

const { booking: words } = texts;

holdClock();

/** Open the form on the first of February, which is all free. */
async function openForm(service: FakeService) {
  const view = visit(service, "/appointments/new");
  fireEvent.change(await screen.findByLabelText(words.date), { target: { value: "2030-02-01" } });
  await screen.findByRole("radio", { name: /^10:00 AM/ });
  return view;
}

async function fillIn({ user }: ReturnType<typeof visit>, name: string, time: RegExp) {
  await user.type(screen.getByLabelText(words.customer), name);
  await user.click(screen.getByRole("radio", { name: time }));
}

describe("booking", () => {
  test("asks for what is missing and sends nothing", async () => {
    const service = new FakeService();
    const { user } = await openForm(service);

    await user.click(screen.getByRole("button", { name: words.submit }));

    expect(await screen.findByText(words.customerMissing)).toBeVisible();
    expect(screen.getByText(words.timeMissing)).toBeVisible();
    expect(screen.getByLabelText(words.customer)).toHaveFocus();
    expect(service.count("POST")).toBe(1);
  });

  test.each([
    ["blank", "   ", words.customerMissing],
    ["too long", "x".repeat(LONGEST_NAME + 1), texts.tooLong(LONGEST_NAME)],
    ["not printable", "Kim\u0007", texts.unprintable],
  ])("refuses a name that is %s", async (_, name, message) => {
    const { user } = await openForm(new FakeService());

    fireEvent.change(screen.getByLabelText(words.customer), { target: { value: name } });
    await user.click(screen.getByRole("button", { name: words.submit }));

    expect(await screen.findByText(message)).toBeVisible();
  });

  test("counts characters as the service does", async () => {
    const service = new FakeService();
    const view = await openForm(service);
    fireEvent.change(screen.getByLabelText(words.customer), { target: { value: "🦉".repeat(LONGEST_NAME) } });
    await view.user.click(screen.getByRole("radio", { name: /^10:00 AM/ }));

    await view.user.click(screen.getByRole("button", { name: words.submit }));

    await waitFor(() => expect(service.appointments).toHaveLength(1));
  });

  test("offers only times that are free", async () => {
    const service = new FakeService();
    service.appointments = [newAppointment("2030-02-01T10:30")];

    await openForm(service);

    expect(screen.getByRole("radio", { name: /^11:00 AM/ })).toBeVisible();
    expect(screen.queryByRole("radio", { name: /^10:30 AM/ })).not.toBeInTheDocument();
    expect(screen.queryByRole("radio", { name: /^4:45 PM/ })).not.toBeInTheDocument();
  });

  test("offers the next free time where a day has none", async () => {
    const service = new FakeService();
    service.availability.weekly_hours = [{ day: "monday", start: "09:00", end: "10:00" }];
    const { user } = visit(service, "/appointments/new");

    await user.click(await screen.findByRole("button", { name: words.nextFree("Mon, Feb 4, 9:00 AM") }));

    expect(screen.getByLabelText(words.date)).toHaveValue("2030-02-04");
    expect(await screen.findByRole("radio", { name: /^9:00 AM/ })).toBeChecked();
  });

  test("books, says so, and goes back to what is upcoming", async () => {
    const service = new FakeService();
    const view = await openForm(service);
    await fillIn(view, "Kim", /^10:00 AM/);
    await view.user.selectOptions(screen.getByLabelText(words.duration), "1 hr");
    await view.user.type(screen.getByLabelText(/^Notes/), "by the window");

    await view.user.click(screen.getByRole("button", { name: words.submit }));

    expect(await screen.findByText(words.booked("Kim", "Fri, Feb 1, 10:00 AM"))).toBeVisible();
    expect(view.router.state.location.pathname).toBe("/");
    expect(service.appointments).toMatchObject([
      {
        customer_name: "Kim",
        start_time: "2030-02-01T10:00:00+01:00",
        duration_minutes: 60,
        notes: "by the window",
      },
    ]);
  });

  test("says every reason against a time that was taken meanwhile, and offers others", async () => {
    const service = new FakeService();
    const view = await openForm(service);
    await fillIn(view, "Kim", /^10:00 AM/);
    service.appointments = [newAppointment("2030-02-01T10:00")];

    await view.user.click(screen.getByRole("button", { name: words.submit }));

    const refusal = await screen.findByRole("alert");
    expect(refusal).toHaveTextContent(texts.refusal.title);
    expect(refusal).toHaveTextContent(texts.reasons.overlap("Fri, Feb 1, 10:00 – 10:30 AM"));
    await view.user.click(within(refusal).getByRole("button", { name: "Fri, Feb 1, 10:30 AM" }));
    await view.user.click(screen.getByRole("button", { name: words.submit }));
    await waitFor(() => expect(service.appointments).toHaveLength(2));
    expect(service.appointments[1]).toMatchObject({ start_time: "2030-02-01T10:30:00+01:00" });
  });

  test("says why a time that was chosen is not offered any more for a longer duration", async () => {
    const service = new FakeService();
    service.appointments = [newAppointment("2030-02-01T10:30")];
    const view = await openForm(service);
    await fillIn(view, "Kim", /^10:00 AM/);

    await view.user.selectOptions(screen.getByLabelText(words.duration), "1 hr");

    expect(await screen.findByRole("alert")).toHaveTextContent(
      texts.reasons.overlap("Fri, Feb 1, 10:30 – 11:00 AM"),
    );
  });

  test("sent again because no answer came is booked once", async () => {
    const service = new FakeService();
    const view = await openForm(service);
    await fillIn(view, "Kim", /^10:00 AM/);
    service.losesAnswers = true;
    await view.user.click(screen.getByRole("button", { name: words.submit }));
    expect(await screen.findByRole("alert")).toHaveTextContent(texts.problems.unreachable);
    service.losesAnswers = false;

    await view.user.click(screen.getByRole("button", { name: words.submit }));

    expect(await screen.findByText(words.booked("Kim", "Fri, Feb 1, 10:00 AM"))).toBeVisible();
    expect(service.appointments).toHaveLength(1);
  });

  test("says what went wrong in the service", async () => {
    const service = new FakeService();
    const view = await openForm(service);
    await fillIn(view, "Kim", /^10:00 AM/);
    service.fault = ({ method }) =>
      method === "POST" ? problem("storage-unavailable", 503, "the storage cannot answer now") : undefined;

    await view.user.click(screen.getByRole("button", { name: words.submit }));

    expect(await screen.findByRole("alert")).toHaveTextContent(texts.problems.byType["storage-unavailable"]);
  });

  test("says that free times cannot be read, and reads them again", async () => {
    const service = new FakeService();
    const view = await openForm(service);
    service.fault = ({ url }) => (url.includes("/api/slots?") ? unreachable() : undefined);
    fireEvent.change(screen.getByLabelText(words.date), { target: { value: "2030-02-02" } });
    const retry = await screen.findByRole("button", { name: texts.tryAgain });
    service.fault = null;

    await view.user.click(retry);

    expect(await screen.findByRole("radio", { name: /^10:00 AM/ })).toBeVisible();
  });
});

describe("types", () => {
  test("are chosen where there are several, each with its durations", async () => {
    const service = new FakeService();
    service.types = [newType(), newType({ id: "cut", title: "Haircut", durations: [45] })];
    const view = await openForm(service);

    await view.user.selectOptions(screen.getByLabelText(words.type), "Haircut");
    await view.user.type(screen.getByLabelText(words.customer), "Kim");
    await view.user.click(await screen.findByRole("radio", { name: /^10:00 AM/ }));
    await view.user.click(screen.getByRole("button", { name: words.submit }));

    await waitFor(() => expect(service.appointments).toHaveLength(1));
    expect(service.appointments[0]).toMatchObject({ type: "cut", duration_minutes: 45 });
  });

  test("with a wide range of durations take a number, and only one that fits", async () => {
    const service = new FakeService();
    const { durations: _, ...ranged } = newType({ duration_range: { shortest: 5, longest: 480, step: 5 } });
    service.types = [ranged];
    const { user } = await openForm(service);
    const minutes = screen.getByLabelText(words.durationInMinutes);
    await user.clear(minutes);
    await user.type(minutes, "32");

    await user.click(screen.getByRole("button", { name: words.submit }));

    expect(await screen.findByText(/^This duration cannot be booked\. From 5 min to 8 hr/)).toBeVisible();
  });

  test("that nobody made yet are asked for", async () => {
    const service = new FakeService();
    service.types = [];

    visit(service, "/appointments/new");

    expect(await screen.findByText(words.noTypes)).toBeVisible();
  });
});
