/** The other tabs of this browser, by a broadcast channel and a lock that they share. */

import type { Tabs } from "./session";

const NAME = "scheduling-session";

/**
 * Return the tabs of this browser. Locks exist only where the page is secure (https, or this machine); elsewhere
 * two refreshes at once are left to the grace that the service allows.
 */
export function browserTabs(): Tabs {
  const channel = new BroadcastChannel(NAME);
  return {
    tell() {
      channel.postMessage("changed");
    },
    listen(hear) {
      channel.addEventListener("message", hear);
    },
    async alone(work) {
      return "locks" in navigator ? navigator.locks.request(NAME, work) : work();
    },
  };
}
