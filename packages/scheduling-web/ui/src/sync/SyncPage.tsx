import type { Calendar, Delivery } from "../api/types";
import { texts } from "../texts";
import { formatDayAndTime } from "../times/format";
import { useHostZone } from "../times/useHostZone";
import { LinkButton } from "../ui/Button";
import { Empty } from "../ui/Empty";
import { Icon } from "../ui/Icon";
import { Loading } from "../ui/Loading";
import { Failure } from "../ui/Notice";
import { PageHeader } from "../ui/PageHeader";
import { FeedCard } from "./FeedCard";
import { RequeueButton } from "./RequeueButton";
import { SyncNote } from "./SyncNote";
import { useSync } from "./useSync";

const { sync: words } = texts;

/** How far the appointments have come with other calendars, and the link under which calendars read them. */
export function SyncPage() {
  const sync = useSync();
  const { zone = "UTC" } = useHostZone();
  return (
    <div className="page">
      <PageHeader title={words.title} lead={words.lead} />
      <section className="card stack" aria-labelledby="deliveries">
        <h2 id="deliveries">{words.deliveries}</h2>
        {sync.isPending && <Loading />}
        {sync.isError && <Failure error={sync.error} retry={() => void sync.refetch()} />}
        {sync.data?.calendars.length === 0 && (
          <Empty title={words.unlinkedTitle} icon={<Icon name="sync" />}>
            <p>{words.unlinkedWhat}</p>
          </Empty>
        )}
        {sync.data && sync.data.calendars.length > 0 && (
          <>
            <SyncNote />
            {sync.data.calendars.map((calendar) => (
              <Copied key={calendar.provider} calendar={calendar} zone={zone} />
            ))}
            <Deliveries items={sync.data.items} zone={zone} />
          </>
        )}
      </section>
      <FeedCard zone={zone} />
    </div>
  );
}

/** Says how old the copy of the busy times is. */
function Copied({ calendar, zone }: { calendar: Calendar; zone: string }) {
  const { busy_copied_at } = calendar;
  return (
    <p className="soft">
      {busy_copied_at === null ? words.neverCopied : words.copied(formatDayAndTime(busy_copied_at, zone))}
    </p>
  );
}

function Deliveries({ items, zone }: { items: Delivery[]; zone: string }) {
  if (items.length === 0) return null;
  return (
    <ul className="entries">
      {items.map((delivery) => (
        <li key={`${delivery.provider} ${delivery.appointment_id}`} className="delivery">
          <div>
            <p>{words.states[delivery.state]}</p>
            <p className="soft">{describe(delivery, zone)}</p>
          </div>
          <LinkButton kind="quiet" to={`/appointments/${delivery.appointment_id}`}>
            {words.open}
          </LinkButton>
          {["conflict", "dead"].includes(delivery.state) && <RequeueButton delivery={delivery} />}
        </li>
      ))}
    </ul>
  );
}

/** Return what is known of a delivery beside its state. */
function describe({ attempts, last_error, next_due }: Delivery, zone: string): string {
  return [
    words.attempts(attempts),
    last_error !== null && words.lastError(last_error.replaceAll("_", " ")),
    next_due !== null && words.nextDue(formatDayAndTime(next_due, zone)),
  ]
    .filter(Boolean)
    .join(" · ");
}
