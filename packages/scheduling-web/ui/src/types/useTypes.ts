import { useQuery } from "@tanstack/react-query";

import { read, useApi } from "../api/client";
import { keys } from "../api/queries";

/** Return all appointment types of the host. */
export function useTypes() {
  const api = useApi();
  return useQuery({
    queryKey: keys.types,
    queryFn: async () => (await read(api.GET("/api/appointment-types"))).items,
  });
}
