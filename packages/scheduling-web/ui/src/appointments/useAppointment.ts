import { useQuery } from "@tanstack/react-query";

import { read, useApi } from "../api/client";
import { keys } from "../api/queries";

/** Return one appointment of the host. */
export function useAppointment(id: string) {
  const api = useApi();
  const path = { appointment_id: id };
  return useQuery({
    queryKey: keys.appointment(id),
    queryFn: () => read(api.GET("/api/appointments/{appointment_id}", { params: { path } })),
  });
}

/** Return every change of an appointment, oldest first. */
export function useHistory(id: string) {
  const api = useApi();
  const path = { appointment_id: id };
  return useQuery({
    queryKey: keys.history(id),
    queryFn: async () =>
      (await read(api.GET("/api/appointments/{appointment_id}/history", { params: { path } }))).items,
  });
}
