import { useQuery } from "@tanstack/react-query";

import { read, useApi } from "../api/client";
import { keys, REFRESH_MS } from "../api/queries";

/** Return all pending and confirmed appointments that have not ended, in order of start. */
export function useUpcoming() {
  const api = useApi();
  return useQuery({
    queryKey: keys.upcoming,
    queryFn: async () => (await read(api.GET("/api/appointments/upcoming"))).items,
    refetchInterval: REFRESH_MS,
  });
}
