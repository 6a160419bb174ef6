import { act, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, test } from "vitest";

import { isRefusal } from "../api/problems";
import { keys } from "../api/queries";
import type { Appointment } from "../api/types";
import { holdClock } from "../test/clock";
import { renderHookIn } from "../test/hooks";
import { berlin, newAppointment } from "../test/samples";
import { FakeService } from "../test/service";
import { useChange } from "./changes";

holdClock();

const RANGE = keys.range("from", "to");

let service: FakeService;
let moved: Appointment;

beforeEach(() => {
  service = new FakeService();
  moved = newAppointment("2030-02-01T09:00");
  service.appointments = [moved, newAppointment("2030-02-01T11:00")];
});

/** Begin to move an appointment, and hold the answer back. */
async function beginMove(local: string) {
  let answer = () => {};
  const held = new Promise<void>((release) => {
    answer = release;
  });
  const send = async (request: Request) => {
    if (request.method === "PUT") await held;
    return service.send(request);
  };
  const { result, queries } = await renderHookIn(service, useChange, send);
  queries.setQueryData(RANGE, service.appointments);
  queries.setQueryData(keys.upcoming, service.appointments);
  act(() => result.current.mutate({ appointment: moved, changes: { start_time: berlin(local) } }));
  const startIn = (key: readonly string[]) => queries.getQueryData<Appointment[]>(key)?.[0]?.start_time;
  await waitFor(() => expect(startIn(RANGE)).toBe(berlin(local)));
  return { result, queries, startIn, answer };
}

describe("a move", () => {
  test("is seen in every list before it is answered", async () => {
    const { startIn } = await beginMove("2030-02-01T14:00");

    expect(startIn(keys.upcoming)).toBe(berlin("2030-02-01T14:00"));
    expect(service.appointments[0]).toEqual(moved);
  });

  test("is undone in every list where it is refused", async () => {
    const { result, startIn, answer } = await beginMove("2030-02-01T11:00");

    act(answer);

    await waitFor(() => expect(isRefusal(result.current.error)).toBe(true));
    expect(startIn(RANGE)).toBe(moved.start_time);
    expect(startIn(keys.upcoming)).toBe(moved.start_time);
  });

  test("that is refused leaves another that is not answered yet", async () => {
    const { result, queries, startIn, answer } = await beginMove("2030-02-01T11:00");
    const other = { ...moved, id: "other", start_time: berlin("2030-02-01T16:00") };
    queries.setQueryData(RANGE, (shown: Appointment[] | undefined) => [...(shown ?? []), other]);

    act(answer);

    await waitFor(() => expect(isRefusal(result.current.error)).toBe(true));
    expect(startIn(RANGE)).toBe(moved.start_time);
    expect(queries.getQueryData<Appointment[]>(RANGE)).toContain(other);
  });

  test("stays where it is accepted", async () => {
    const { result, startIn, answer } = await beginMove("2030-02-01T14:00");

    act(answer);

    await waitFor(() => expect(result.current.isSuccess).toBe(true));
    expect(startIn(RANGE)).toBe(berlin("2030-02-01T14:00"));
    expect(service.appointments[0]).toMatchObject({ start_time: berlin("2030-02-01T14:00"), version: 2 });
  });
});
