/** Writing appointment types. */

import { useMutation, useQueryClient } from "@tanstack/react-query";

import { read, useApi } from "../api/client";
import { keys } from "../api/queries";
import type { AppointmentType, TypeBody } from "../api/types";

/** Return the mutation that adds a type, or replaces the one that is given. */
export function useSaveType(type: AppointmentType | undefined) {
  const api = useApi();
  const refresh = useRefreshTypes();
  return useMutation({
    mutationFn: (body: TypeBody) =>
      type === undefined
        ? read(api.POST("/api/appointment-types", { body }))
        : read(api.PUT("/api/appointment-types/{type_id}", { params: { path: { type_id: type.id } }, body })),
    onSettled: refresh,
  });
}

/** Return the mutation that removes a type. */
export function useRemoveType() {
  const api = useApi();
  const refresh = useRefreshTypes();
  return useMutation({
    mutationFn: (type: AppointmentType) =>
      read(api.DELETE("/api/appointment-types/{type_id}", { params: { path: { type_id: type.id } } })),
    onSettled: refresh,
  });
}

function useRefreshTypes() {
  const queries = useQueryClient();
  return () =>
    Promise.all([keys.types, keys.slots].map((queryKey) => queries.invalidateQueries({ queryKey })));
}
