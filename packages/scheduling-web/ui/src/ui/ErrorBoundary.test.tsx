import { render, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { texts } from "../texts";
import { ErrorBoundary } from "./ErrorBoundary";

function Breaking(): never {
  throw new Error("broken");
}

test("what breaks is replaced by words and a way on", () => {
  // React reports what it catches; here that is wanted.
  vi.spyOn(console, "error").mockImplementation(() => undefined);

  render(
    <ErrorBoundary>
      <Breaking />
    </ErrorBoundary>,
  );

  expect(screen.getByRole("alert")).toHaveTextContent(texts.broken.title);
  expect(screen.getByRole("button", { name: texts.broken.reload })).toBeVisible();
});
