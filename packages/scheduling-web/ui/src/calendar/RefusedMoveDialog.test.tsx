import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";

import { ProblemError } from "../api/problems";
import { holdClock } from "../test/clock";
import { berlin, newAppointment } from "../test/samples";
import { RefusedMoveDialog } from "./RefusedMoveDialog";

holdClock();

test("a move that is refused can go to a free time near it, but not to where the appointment is", async () => {
  const appointment = newAppointment("2030-02-01T09:00");
  const slot = (local: string) => ({ start_time: berlin(local), end_time: berlin(local) });
  const error = new ProblemError({
    type: "/problems/booking-refused",
    title: "Booking refused",
    status: 409,
    detail: "another appointment is there",
    message: "another appointment is there",
    instance: "urn:uuid:00000000-0000-0000-0000-000000000000",
    reasons: [],
    suggestions: [slot("2030-02-01T09:00"), slot("2030-02-01T09:15")],
  });
  const move = vi.fn();
  const refused = { appointment, start: berlin("2030-02-01T09:30"), minutes: 30, error };
  render(<RefusedMoveDialog refused={refused} onMove={move} onClose={() => undefined} />);

  expect(screen.queryByRole("button", { name: "Fri, Feb 1, 9:00 AM" })).not.toBeInTheDocument();
  await userEvent.click(screen.getByRole("button", { name: "Fri, Feb 1, 9:15 AM" }));

  expect(move).toHaveBeenCalledWith({ appointment, start: berlin("2030-02-01T09:15"), minutes: 30 });
});
