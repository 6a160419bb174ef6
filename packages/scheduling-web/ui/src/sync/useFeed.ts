import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { read, useApi } from "../api/client";
import { keys } from "../api/queries";

/** Return whether there is a link to the host's feed, and since when. */
export function useFeed() {
  const api = useApi();
  return useQuery({ queryKey: keys.feed, queryFn: () => read(api.GET("/api/feed")) });
}

/** Return the mutation that makes a new link, which is told this once, in place of the one before. */
export function useMakeFeed() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => read(api.POST("/api/feed")),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.feed }),
  });
}

/** Return the mutation that ends the link. */
export function useEndFeed() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => read(api.DELETE("/api/feed")),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.feed }),
  });
}
