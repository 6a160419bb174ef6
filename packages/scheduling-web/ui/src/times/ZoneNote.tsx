import { texts } from "../texts";
import { formatOffset } from "./format";
import { showSameTime, viewerZone, zoneName } from "./zones";

interface ZoneNoteProps {
  zone: string;
  /** The instant for which the clocks are compared; now, if not given. */
  at?: string;
}

/** Says in which zone the times are, where that is not the viewer's own time. */
export function ZoneNote({ zone, at = new Date().toISOString() }: ZoneNoteProps) {
  const own = viewerZone();
  if (showSameTime(zone, own, at)) return null;
  return (
    <p className="soft">
      {texts.zones.host(zoneName(zone), formatOffset(at, zone))}{" "}
      {texts.zones.viewer(zoneName(own), formatOffset(at, own))}
    </p>
  );
}
