import { useQuery } from "@tanstack/react-query";

import { read, useApi } from "../api/client";
import { keys } from "../api/queries";

/** Return how far the host's appointments have come with the calendars that they are linked to. */
export function useSync() {
  const api = useApi();
  return useQuery({ queryKey: keys.sync, queryFn: () => read(api.GET("/api/sync")) });
}
