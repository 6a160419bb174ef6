import { useQuery } from "@tanstack/react-query";

import { read, useApi } from "../api/client";
import { keys } from "../api/queries";

/** Return the zone of the host's schedule; undefined until it is known. */
export function useHostZone() {
  const api = useApi();
  const { data, error, refetch } = useQuery({
    queryKey: keys.availability,
    queryFn: () => read(api.GET("/api/availability")),
  });
  return { zone: data?.time_zone, error, retry: () => void refetch() };
}
