import { useAvailability } from "../availability/useAvailability";

/** Return the zone of the host's schedule; undefined until it is known. */
export function useHostZone() {
  const { data, error, refetch } = useAvailability();
  return { zone: data?.time_zone, error, retry: () => void refetch() };
}
