import { useQuery } from "@tanstack/react-query";

import { read, useApi } from "../api/client";
import { keys } from "../api/queries";
import type { SlotQuestion } from "./useSlots";

/** Return every reason against a start, and the nearest slots; undefined until it is known, or where not `enabled`. */
export function useExplanation({ minutes, type, moving }: SlotQuestion, start: string, enabled: boolean) {
  const api = useApi();
  const query = {
    start,
    duration_minutes: minutes,
    ...(type !== undefined && { type }),
    ...(moving !== undefined && { moving }),
  };
  return useQuery({
    queryKey: [...keys.slots, "explain", query],
    queryFn: () => read(api.GET("/api/slots/explain", { params: { query } })),
    enabled,
  }).data;
}
