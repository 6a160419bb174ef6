import { describe, expect, test } from "vitest";

import { readBack, signInPath } from "./paths";

describe("the way back", () => {
  test.each(["/calendar", "/calendar?view=week", "/appointments/1#history", "/a/../b"])(
    "leads to %s",
    (path) => {
      const query = new URL(signInPath(path), "http://here").searchParams;

      expect(readBack(query)).toBe(path.replace("/a/..", ""));
    },
  );

  test.each([
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/%2e%2e//evil.example",
    "/%0d%0aLocation:%20https://evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "evil",
    "",
    "/sign-in?back=/calendar",
    "/a/..//evil.example",
  ])("never leads to %j", (text) => {
    expect(readBack(new URLSearchParams({ back: text }))).toBe("/");
  });

  test("leads to the first page where none was asked for", () => {
    expect(readBack(new URLSearchParams())).toBe("/");
    expect(signInPath("/")).toBe("/sign-in");
  });
});
