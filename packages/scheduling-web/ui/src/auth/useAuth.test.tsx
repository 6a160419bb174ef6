import { act, renderHook, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { PASSWORD, USERNAME } from "../test/accounts";
import { renderHookIn } from "../test/hooks";
import { FakeService } from "../test/service";
import { useAuth } from "./useAuth";

test("useAuth tells who is signed in", async () => {
  const { result } = await renderHookIn(new FakeService(), useAuth);

  expect(result.current.state).toBe("signed-in");
  await waitFor(() => expect(result.current.username).toBe(USERNAME));
});

test("useAuth tells of signing out and in again", async () => {
  const { result } = await renderHookIn(new FakeService(), useAuth);

  await act(() => result.current.signOut());
  expect(result.current.state).toBe("left");

  await act(() => result.current.signIn({ username: USERNAME, password: PASSWORD }));
  expect(result.current.state).toBe("signed-in");
});

test("useAuth is of no use outside of the pages", () => {
  // React reports what a component throws; here that is wanted.
  vi.spyOn(console, "error").mockImplementation(() => undefined);

  expect(() => renderHook(useAuth)).toThrow("SessionContext");
});
