import { useNavigate } from "react-router";

import { texts } from "../texts";
import { useHostZone } from "../times/useHostZone";
import { useTypes } from "../types/useTypes";
import { Loading } from "../ui/Loading";
import { Failure } from "../ui/Notice";
import { PageHeader } from "../ui/PageHeader";
import { useToast } from "../ui/Toasts";
import { BookingForm } from "./BookingForm";
import { sayBooked } from "./sayBooked";

/** Books an appointment, and goes back to what is upcoming. */
export function NewAppointmentPage() {
  const types = useTypes();
  const { zone, error, retry } = useHostZone();
  const toast = useToast();
  const navigate = useNavigate();
  return (
    <div className="page page-narrow">
      <PageHeader title={texts.booking.title} />
      {types.isError && <Failure error={types.error} retry={() => void types.refetch()} />}
      {error && <Failure error={error} retry={retry} />}
      {types.data && zone ? (
        <div className="card">
          <BookingForm
            types={types.data}
            zone={zone}
            onBooked={(appointment) => {
              toast({ text: sayBooked(appointment) });
              void navigate("/");
            }}
            onCancel={() => void navigate(-1)}
          />
        </div>
      ) : (
        !types.isError && !error && <Loading />
      )}
    </div>
  );
}
