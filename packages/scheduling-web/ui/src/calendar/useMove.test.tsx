import { act, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { unreachable } from "../test/answers";
import { holdClock } from "../test/clock";
import { renderHookIn } from "../test/hooks";
import { berlin, newAppointment } from "../test/samples";
import { FakeService } from "../test/service";
import { texts } from "../texts";
import { useMove } from "./useMove";

holdClock();

function newService() {
  const service = new FakeService();
  const appointment = newAppointment("2030-02-01T09:00", { customer_name: "Kim" });
  service.appointments = [appointment, newAppointment("2030-02-01T11:00")];
  return { service, appointment };
}

test("a move that is accepted is said, and can be taken back", async () => {
  const { service, appointment } = newService();
  const { result } = await renderHookIn(service, useMove);

  act(() => void result.current.move({ appointment, start: berlin("2030-02-01T14:00"), minutes: 60 }));

  expect(await screen.findByText(texts.detail.moved("Kim", "Fri, Feb 1, 2:00 PM"))).toBeVisible();
  expect(service.appointments[0]).toMatchObject({ duration_minutes: 60 });
  act(() => screen.getByRole("button", { name: texts.undo }).click());
  await waitFor(() => expect(service.appointments[0]).toMatchObject({ duration_minutes: 30, version: 3 }));
});

test("a move that is refused is kept with its reasons, until it is dismissed", async () => {
  const { service, appointment } = newService();
  const { result } = await renderHookIn(service, useMove);

  act(() => void result.current.move({ appointment, start: berlin("2030-02-01T11:00"), minutes: 30 }));

  await waitFor(() => expect(result.current.refused).not.toBeNull());
  expect(result.current.refused?.error.reasons).toMatchObject([{ code: "overlap" }]);
  act(() => result.current.dismiss());
  expect(result.current.refused).toBeNull();
});

test("a move that nobody answers is said to have failed", async () => {
  const { service, appointment } = newService();
  const { result } = await renderHookIn(service, useMove);
  service.fault = unreachable;

  act(() => void result.current.move({ appointment, start: berlin("2030-02-01T14:00"), minutes: 30 }));

  expect(await screen.findByText(texts.problems.unreachable)).toBeVisible();
  expect(result.current.refused).toBeNull();
});

test("of two moves at once each has its own end", async () => {
  const { service, appointment } = newService();
  const other = newAppointment("2030-02-01T15:00", { customer_name: "Lee" });
  service.appointments.push(other);
  const { result } = await renderHookIn(service, useMove);

  act(() => {
    void result.current.move({ appointment, start: berlin("2030-02-01T11:00"), minutes: 30 });
    void result.current.move({ appointment: other, start: berlin("2030-02-01T16:00"), minutes: 30 });
  });

  expect(await screen.findByText(texts.detail.moved("Lee", "Fri, Feb 1, 4:00 PM"))).toBeVisible();
  await waitFor(() => expect(result.current.refused?.appointment.id).toBe(appointment.id));
});
