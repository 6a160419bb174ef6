import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { texts } from "../texts";
import { type Toast, ToastProvider, useToast } from "./Toasts";

const SECONDS = 1000;

function Show(toast: Toast) {
  const show = useToast();
  return (
    <button type="button" onClick={() => show(toast)}>
      show
    </button>
  );
}

function show(toast: Toast) {
  const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
  render(
    <ToastProvider>
      <Show {...toast} />
    </ToastProvider>,
  );
  return { user, click: () => user.click(screen.getByRole("button", { name: "show" })) };
}

describe("a message", () => {
  beforeEach(() => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("goes by itself after a while", async () => {
    await show({ text: "done" }).click();
    expect(screen.getByRole("status")).toHaveTextContent("done");

    act(() => vi.advanceTimersByTime(11 * SECONDS));

    expect(screen.queryByText("done")).not.toBeInTheDocument();
  });

  test("stays as long as it has the focus", async () => {
    await show({ text: "done", undo: () => undefined }).click();
    screen.getByRole("button", { name: texts.undo }).focus();

    act(() => vi.advanceTimersByTime(60 * SECONDS));

    expect(screen.getByText("done")).toBeVisible();
  });

  test("takes back what was done, once", async () => {
    const undone: string[] = [];
    const { user, click } = show({ text: "done", undo: () => undone.push("undone") });
    await click();

    await user.click(screen.getByRole("button", { name: texts.undo }));

    expect(undone).toEqual(["undone"]);
    expect(screen.queryByText("done")).not.toBeInTheDocument();
  });
});
