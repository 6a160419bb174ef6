import { useQuery } from "@tanstack/react-query";

import { read, useApi } from "../api/client";
import { keys } from "../api/queries";

/** Return the zone of the host's schedule; undefined until it is known. */
export function useHostZone(): string | undefined {
  const api = useApi();
  const availability = useQuery({
    queryKey: keys.availability,
    queryFn: () => read(api.GET("/api/availability")),
  });
  return availability.data?.time_zone;
}
