import { screen } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import { PASSWORD, USERNAME } from "../test/accounts";
import { unreachable } from "../test/answers";
import { visit } from "../test/render";
import { FakeService } from "../test/service";
import { texts } from "../texts";

const { signIn: words } = texts;

async function fillIn(user: ReturnType<typeof visit>["user"], username: string, password: string) {
  const name = await screen.findByLabelText(words.username);
  if (username) await user.type(name, username);
  if (password) await user.type(screen.getByLabelText(words.password), password);
  await user.click(screen.getByRole("button", { name: words.submit }));
}

describe("signing in", () => {
  test("asks for what is missing and sends nothing", async () => {
    const service = new FakeService();
    const { user } = visit(service, "/sign-in", { signedIn: false });

    await fillIn(user, "", "");

    expect(await screen.findByText(words.usernameMissing)).toBeVisible();
    expect(screen.getByText(words.passwordMissing)).toBeVisible();
    expect(screen.getByLabelText(words.username)).toHaveAccessibleDescription(words.usernameMissing);
    expect(service.count("POST /api/auth/login")).toBe(0);
  });

  test("says that the username or the password is not right", async () => {
    const { user } = visit(new FakeService(), "/sign-in", { signedIn: false });

    await fillIn(user, USERNAME, "wrong");

    expect(await screen.findByRole("alert")).toHaveTextContent(texts.problems.byType["invalid-credentials"]);
    expect(screen.getByLabelText(words.password)).toHaveFocus();
  });

  test("says that the service cannot be reached", async () => {
    const service = new FakeService();
    const { user } = visit(service, "/sign-in", { signedIn: false });
    await screen.findByLabelText(words.username);
    service.fault = unreachable;

    await fillIn(user, USERNAME, PASSWORD);

    expect(await screen.findByRole("alert")).toHaveTextContent(texts.problems.unreachable);
  });

  test("shows the page that was asked for", async () => {
    const { user, router } = visit(new FakeService(), "/nowhere?a=1", { signedIn: false });

    await fillIn(user, USERNAME, PASSWORD);

    expect(await screen.findByRole("heading", { name: texts.notFound.title })).toBeVisible();
    expect(router.state.location).toMatchObject({ pathname: "/nowhere", search: "?a=1" });
  });

  test("is not asked of who was here before", async () => {
    const { router } = visit(new FakeService(), "/sign-in");

    expect(await screen.findByRole("heading", { name: texts.upcoming.title })).toBeVisible();
    expect(router.state.location.pathname).toBe("/");
  });
});

describe("signing out", () => {
  test("ends the session and leads back to no page of before", async () => {
    const service = new FakeService();
    const { user, router } = visit(service, "/nowhere");

    await user.click(await screen.findByRole("button", { name: texts.navigation.signOut }));

    expect(await screen.findByRole("heading", { name: words.title })).toBeVisible();
    expect(router.state.location).toMatchObject({ pathname: "/sign-in", search: "" });
    expect(service.accounts.hasCookie).toBe(false);
  });
});
