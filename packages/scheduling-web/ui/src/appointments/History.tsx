import type { HistoryEntry } from "../api/types";
import { texts } from "../texts";
import { formatDayAndTime, formatSpan } from "../times/format";
import { Loading } from "../ui/Loading";
import { Failure } from "../ui/Notice";
import { useHistory } from "./useAppointment";

const { history: words } = texts;

/** What happened to an appointment, newest first. */
export function History({ id }: { id: string }) {
  const history = useHistory(id);
  return (
    <section className="stack" aria-labelledby="history">
      <h2 id="history">{texts.detail.history}</h2>
      {history.isPending && <Loading />}
      {history.isError && <Failure error={history.error} retry={() => void history.refetch()} />}
      <ol className="history" aria-labelledby="history">
        {history.data?.toReversed().map((entry) => (
          <li key={entry.appointment.version}>
            <p>{describeChange(entry)}</p>
            {entry.reason && <p>{words.because(entry.reason)}</p>}
            {entry.override && <p>{words.override(entry.override.actor, entry.override.reason)}</p>}
            <p className="soft">
              <time dateTime={entry.at}>{formatDayAndTime(entry.at, entry.appointment.time_zone)}</time>
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}

function describeChange({ change, before, appointment }: HistoryEntry): string {
  const zone = appointment.time_zone;
  if (change === "rescheduled" && before !== undefined) {
    return words.rescheduled(formatSpan(before, zone), formatSpan(appointment, zone));
  }
  const known: Record<string, unknown> = words;
  const said = known[change];
  return typeof said === "string" ? said : change;
}
