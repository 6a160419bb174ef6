import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { read, useApi } from "../api/client";
import { keys, refreshAgenda } from "../api/queries";
import type { AvailabilityChanges } from "../api/types";
import { addDays, startOfDay, today } from "../times/days";

/** How many days, from today on, a preview shows. */
export const PREVIEWED_DAYS = 14;

/** Return the host's availability. */
export function useAvailability() {
  const api = useApi();
  return useQuery({
    queryKey: keys.availability,
    queryFn: () => read(api.GET("/api/availability")),
  });
}

/** Return what would come of changes: the open time of the next days, and the appointments left outside. */
export function usePreview(changes: AvailabilityChanges | null) {
  const api = useApi();
  const zone = changes?.time_zone ?? "UTC";
  const first = today(zone);
  const range = { from: startOfDay(first, zone), to: startOfDay(addDays(first, PREVIEWED_DAYS), zone) };
  return useQuery({
    queryKey: keys.availabilityPreview(changes, first),
    queryFn: () =>
      read(
        api.PUT("/api/availability", { params: { query: { ...range, dry_run: true } }, body: changes ?? {} }),
      ),
    enabled: changes !== null,
    placeholderData: keepPreviousData,
  });
}

/** Return the mutation that replaces the availability. */
export function useSaveAvailability() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (changes: AvailabilityChanges) => read(api.PUT("/api/availability", { body: changes })),
    onSettled: () =>
      Promise.all([queries.invalidateQueries({ queryKey: keys.availability }), refreshAgenda(queries)]),
  });
}
