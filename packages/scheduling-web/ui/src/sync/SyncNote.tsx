import type { Sync } from "../api/types";
import { texts } from "../texts";
import { Notice } from "../ui/Notice";
import { useSync } from "./useSync";

const { sync: words } = texts;

/** Says what the link to other calendars is doing, where there is one. */
export function SyncNote() {
  const sync = useSync();
  if (sync.data === undefined || sync.data.calendars.length === 0) return null;
  const { tone, text } = describeSync(sync.data);
  return (
    <Notice tone={tone}>
      <p>{text}</p>
    </Notice>
  );
}

/** Return the most urgent thing there is to say of the state of all links. */
function describeSync({ calendars, counts }: Sync) {
  const count = (...states: string[]) => states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  const stuck = count("conflict", "dead");
  const underway = count("pending", "in_flight", "unknown", "retry_wait");
  if (calendars.some(({ alert }) => alert !== null)) return { tone: "danger", text: words.alert } as const;
  if (stuck > 0) return { tone: "warning", text: words.stuck(stuck) } as const;
  if (calendars.some(({ is_down }) => is_down)) return { tone: "warning", text: words.down } as const;
  if (underway > 0) return { tone: "info", text: words.underway(underway) } as const;
  return { tone: "success", text: words.inStep } as const;
}
