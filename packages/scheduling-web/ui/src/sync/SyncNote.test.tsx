import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import type { Sync } from "../api/types";
import { visit } from "../test/render";
import { FakeService } from "../test/service";
import { texts } from "../texts";

const CALENDAR = {
  provider: "cal.com",
  busy_copied_at: null,
  is_down: false,
  paused_until: null,
  alert: null,
};

function visitWith(sync: Partial<Sync>) {
  const service = new FakeService();
  service.sync = { calendars: [CALENDAR], counts: { synced: 3 }, items: [], ...sync };
  visit(service, "/");
}

test.each([
  ["all is in step", {}, texts.sync.inStep],
  ["something is on the way", { counts: { synced: 1, pending: 1, retry_wait: 1 } }, texts.sync.underway(2)],
  [
    "the calendar is down",
    { calendars: [{ ...CALENDAR, is_down: true }], counts: { pending: 1 } },
    texts.sync.down,
  ],
  ["something is stuck", { counts: { conflict: 1, dead: 1, pending: 5 } }, texts.sync.stuck(2)],
  [
    "only a person can help",
    { calendars: [{ ...CALENDAR, alert: "key" }], counts: { dead: 1 } },
    texts.sync.alert,
  ],
])("says that %s", async (_, sync, text) => {
  visitWith(sync);

  expect(await screen.findByText(text)).toBeVisible();
});

test("says nothing where no calendar is linked", async () => {
  visitWith({ calendars: [], counts: {} });

  await screen.findByText(texts.upcoming.emptyTitle);
  expect(screen.queryByText(/Cal\.com/)).not.toBeInTheDocument();
});
