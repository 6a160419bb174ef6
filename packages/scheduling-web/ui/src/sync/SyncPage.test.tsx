import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import type { Delivery } from "../api/types";
import { holdClock } from "../test/clock";
import { visit } from "../test/render";
import { berlin, newAppointment } from "../test/samples";
import { FakeService } from "../test/service";
import { texts } from "../texts";

const { sync: words, feed } = texts;

holdClock();

function linked(...items: Delivery[]): FakeService {
  const service = new FakeService();
  service.sync = {
    calendars: [
      {
        provider: "cal.com",
        busy_copied_at: berlin("2030-01-31T07:45"),
        is_down: false,
        paused_until: null,
        alert: null,
      },
    ],
    counts: Object.fromEntries(items.map(({ state }) => [state, 1])),
    items,
  };
  return service;
}

function delivery(state: Delivery["state"], given: Partial<Delivery> = {}): Delivery {
  return {
    appointment_id: newAppointment("2030-02-01T09:00").id,
    provider: "cal.com",
    state,
    desired_version: 2,
    synced_version: 1,
    attempts: 3,
    next_due: null,
    last_error: null,
    last_error_at: null,
    ...given,
  };
}

test("where no calendar is linked, how that is done is said", async () => {
  visit(new FakeService(), "/sync");

  expect(await screen.findByText(words.unlinkedTitle)).toBeVisible();
});

test("what is not in step is listed with what is known of it", async () => {
  visit(
    linked(delivery("retry_wait", { last_error: "slot_taken", next_due: berlin("2030-01-31T08:10") })),
    "/sync",
  );

  const card = await screen.findByRole("region", { name: words.deliveries });
  expect(await within(card).findByText(words.states.retry_wait)).toBeVisible();
  expect(within(card).getByText(/3 tries.*slot taken.*Jan 31.*8:10 AM/)).toBeVisible();
  expect(within(card).getByText(/Jan 31.*7:45 AM/)).toBeVisible();
  expect(within(card).queryByRole("button", { name: words.requeue })).not.toBeInTheDocument();
});

test("what has stopped can be delivered again", async () => {
  const service = linked(delivery("dead"));
  const { user } = visit(service, "/sync");

  await user.click(await screen.findByRole("button", { name: words.requeue }));

  expect(await screen.findByText(words.requeued)).toBeVisible();
  expect(await screen.findByText(words.states.pending)).toBeVisible();
});

test("a feed link is made, told once, and ended", async () => {
  const service = new FakeService();
  const { user } = visit(service, "/sync");

  await user.click(await screen.findByRole("button", { name: feed.make }));
  const address = await screen.findByLabelText(feed.address);
  expect(address).toHaveValue("https://practice.example/feeds/secret.ics");
  expect(await screen.findByText(/There is a link since/)).toBeVisible();

  expect(screen.getByText(feed.made(false))).toBeVisible();

  await user.click(screen.getByRole("button", { name: feed.end }));
  const dialog = within(await screen.findByRole("dialog", { name: feed.sure.end }));
  expect(service.feedSince).not.toBeNull();
  await user.click(dialog.getByRole("button", { name: feed.end }));
  expect(await screen.findByText(feed.none)).toBeVisible();
  await waitFor(() => expect(address).not.toBeInTheDocument());
});

test("a feed link is put in place of another only after asking", async () => {
  const service = new FakeService();
  service.feedSince = berlin("2030-01-01T09:00");
  const { user } = visit(service, "/sync");
  const replace = () => screen.findByRole("button", { name: feed.replace });

  await user.click(await replace());
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: texts.keep }));
  expect(service.count("POST /api/feed")).toBe(0);
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();

  await user.click(await replace());
  const dialog = within(await screen.findByRole("dialog", { name: feed.sure.replace }));
  await user.click(dialog.getByRole("button", { name: feed.replace }));
  expect(await screen.findByText(feed.made(true))).toBeVisible();
  expect(screen.getByLabelText(feed.address)).toBeVisible();
});
