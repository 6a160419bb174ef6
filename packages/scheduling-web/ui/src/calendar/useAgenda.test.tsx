import { waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { holdClock } from "../test/clock";
import { renderHookIn } from "../test/hooks";
import { newAppointment, ZONE } from "../test/samples";
import { FakeService } from "../test/service";
import { useAgenda } from "./useAgenda";

holdClock();

/** A service whose answers about the availability wait until they are let go. */
class SlowService extends FakeService {
  letGo: () => void = () => undefined;

  readonly sendSlowly = async (request: Request): Promise<Response> => {
    if (request.url.includes("/api/availability")) {
      await new Promise<void>((done) => {
        this.letGo = done;
      });
    }
    return this.send(request);
  };
}

test("the hours are known once everything is there, and until then stay as they were", async () => {
  const service = new SlowService();
  service.appointments = [newAppointment("2030-01-31T06:00"), newAppointment("2030-02-01T20:00")];
  let range = { from: "2030-01-31", to: "2030-02-01" };
  const hook = () => useAgenda(range, ZONE);
  const { result, rerender } = await renderHookIn(service, hook, service.sendSlowly);

  await waitFor(() => expect(result.current.appointments.data).toHaveLength(1));
  expect(result.current.hours).toBeUndefined();
  service.letGo();
  await waitFor(() => expect(result.current.hours).toEqual({ first: 5, last: 18 }));

  range = { from: "2030-02-01", to: "2030-02-02" };
  rerender();
  await waitFor(() => expect(result.current.appointments.isPlaceholderData).toBe(false));
  expect(result.current.hours).toEqual({ first: 5, last: 18 });
  service.letGo();
  await waitFor(() => expect(result.current.hours).toEqual({ first: 8, last: 22 }));
});

test("the hours are those of the appointments where the availability cannot be read", async () => {
  const service = new FakeService();
  service.appointments = [newAppointment("2030-01-31T06:00")];
  service.fault = ({ url }) => (url.includes("/api/availability") ? Response.error() : undefined);
  const hook = () => useAgenda({ from: "2030-01-31", to: "2030-02-01" }, ZONE);

  const { result } = await renderHookIn(service, hook);

  await waitFor(() => expect(result.current.hours).toEqual({ first: 5, last: 8 }));
});
