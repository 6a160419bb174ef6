import { Link } from "react-router";
import type { AppointmentType } from "../api/types";
import { describeDurations } from "../appointments/durations";
import { texts } from "../texts";
import { formatMinutes } from "../times/format";
import { LinkButton } from "../ui/Button";
import { Empty } from "../ui/Empty";
import { Icon } from "../ui/Icon";
import { Loading } from "../ui/Loading";
import { Failure } from "../ui/Notice";
import { PageHeader } from "../ui/PageHeader";
import { useTypes } from "./useTypes";

const { types: words } = texts;

/** What can be booked with the host. */
export function TypesPage() {
  const types = useTypes();
  return (
    <div className="page">
      <PageHeader
        title={words.title}
        lead={words.lead}
        actions={
          <LinkButton kind="primary" to="/types/new" icon={<Icon name="add" />}>
            {words.add}
          </LinkButton>
        }
      />
      {types.isPending && <Loading />}
      {types.isError && <Failure error={types.error} retry={() => void types.refetch()} />}
      {types.data?.length === 0 && (
        <Empty title={words.emptyTitle} icon={<Icon name="types" />}>
          <p>{words.emptyWhat}</p>
        </Empty>
      )}
      {types.data && types.data.length > 0 && (
        <ul className="type-list">
          {types.data.map((type) => (
            <li key={type.id}>
              <Link className="type-row" to={`/types/${encodeURIComponent(type.id)}`}>
                <span className="type-name">{type.title}</span>
                <span className="soft">{describe(type)}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Return what makes a type what it is, in a line. */
function describe(type: AppointmentType): string {
  const { any_start, minimum_notice_minutes, requires_confirmation, slot_interval_minutes } = type;
  return [
    describeDurations(type),
    any_start ? words.anyStart : words.everyMinutes(formatMinutes(slot_interval_minutes)),
    minimum_notice_minutes > 0 && words.notice(formatMinutes(minimum_notice_minutes)),
    requires_confirmation && words.confirmation,
  ]
    .filter(Boolean)
    .join(" · ");
}
