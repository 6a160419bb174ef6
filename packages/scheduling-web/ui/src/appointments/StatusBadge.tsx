import type { Status } from "../api/types";
import { texts } from "../texts";

export function StatusBadge({ status }: { status: Status }) {
  return <span className={`badge badge-${status}`}>{texts.status[status]}</span>;
}
