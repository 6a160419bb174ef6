import { texts } from "../texts";

/** Stands where something will be; it shows itself only after a moment, so that quick answers do not flicker. */
export function Loading() {
  return (
    <div className="loading" role="status">
      <span className="visually-hidden">{texts.loading}</span>
      <div className="loading-line" />
      <div className="loading-line" />
      <div className="loading-line" />
    </div>
  );
}
