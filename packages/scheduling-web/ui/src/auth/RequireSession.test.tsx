import { screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";

import { PASSWORD, USERNAME } from "../test/accounts";
import { unreachable } from "../test/answers";
import { visit } from "../test/render";
import { FakeService } from "../test/service";
import { texts } from "../texts";

afterEach(() => {
  vi.useRealTimers();
});

test.each(["/nowhere", "/sign-in?back=%2Fnowhere"])(
  "who comes to %s while nobody answers is told so",
  async (path) => {
    const service = new FakeService();
    service.fault = unreachable;
    const { user, router } = visit(service, path);

    expect(await screen.findByRole("alert")).toHaveTextContent(texts.problems.unreachable);
    expect(screen.queryByLabelText(texts.signIn.username)).not.toBeInTheDocument();
    service.fault = null;
    await user.click(screen.getByRole("button", { name: texts.tryAgain }));

    expect(await screen.findByRole("heading", { name: texts.notFound.title })).toBeVisible();
    expect(router.state.location.pathname).toBe("/nowhere");
  },
);

test("a page that nobody answered comes by itself once somebody does", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const service = new FakeService();
  service.fault = unreachable;
  visit(service, "/nowhere");
  await vi.waitFor(() => expect(screen.getByRole("alert")).toBeVisible());
  service.fault = null;

  vi.advanceTimersByTime(5_000);

  await vi.waitFor(() => expect(screen.getByText(texts.notFound.what)).toBeVisible());
});

test("a session that is lost leads to the sign-in page, and then back to where one was", async () => {
  const service = new FakeService();
  const { user, router } = visit(service, "/calendar?view=day&date=2030-02-01");
  await screen.findByRole("heading", { name: texts.calendar.title });
  service.accounts.revoke();

  await user.click(await screen.findByRole("button", { name: texts.calendar.next.day }));
  await user.type(await screen.findByLabelText(texts.signIn.username), USERNAME);
  await user.type(screen.getByLabelText(texts.signIn.password), PASSWORD);
  await user.click(screen.getByRole("button", { name: texts.signIn.submit }));

  await screen.findByRole("heading", { name: texts.calendar.title });
  expect(router.state.location).toMatchObject({ pathname: "/calendar", search: "?view=day&date=2030-02-02" });
});

test("a token that ended is replaced without anybody noticing", async () => {
  const service = new FakeService();
  const { user } = visit(service, "/calendar?view=day&date=2030-02-01");
  await screen.findByRole("heading", { name: texts.calendar.title });
  service.accounts.expireTokens();

  await user.click(await screen.findByRole("button", { name: texts.calendar.next.day }));

  await screen.findByRole("heading", { name: /Saturday, February 2/ });
  expect(service.count("POST /api/auth/refresh")).toBe(2);
  expect(screen.queryByLabelText(texts.signIn.username)).not.toBeInTheDocument();
});

test("what one user has read is not shown to the next", async () => {
  const service = new FakeService();
  const { user, queries } = visit(service, "/");
  await screen.findByText(texts.upcoming.emptyTitle);

  await user.click(screen.getByRole("button", { name: texts.navigation.signOut }));
  await screen.findByLabelText(texts.signIn.username);

  const known = queries
    .getQueryCache()
    .getAll()
    .filter(({ state }) => state.data !== undefined);
  expect(known).toEqual([]);
});
