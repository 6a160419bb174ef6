import { texts } from "../texts";
import { Loading } from "../ui/Loading";
import { Failure } from "../ui/Notice";
import { PageHeader } from "../ui/PageHeader";
import { AvailabilityForm } from "./AvailabilityForm";
import { useAvailability } from "./useAvailability";

const { availability: words } = texts;

/** When the host can be booked: weekly hours, dates that differ, and time off. */
export function AvailabilityPage() {
  const availability = useAvailability();
  return (
    <div className="page page-medium">
      <PageHeader title={words.title} lead={words.lead} />
      {availability.isPending && <Loading />}
      {availability.isError && (
        <Failure error={availability.error} retry={() => void availability.refetch()} />
      )}
      {availability.data && <AvailabilityForm availability={availability.data} />}
    </div>
  );
}
