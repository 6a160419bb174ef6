import { texts } from "../texts";

const { calendar: words } = texts;

/** Says what the grounds behind the appointments mean. */
export function Legend({ hasBusy }: { hasBusy: boolean }) {
  return (
    <ul className="legend">
      <li>
        <span className="legend-sample agenda-closed" />
        {words.closed}
      </li>
      {hasBusy && (
        <li>
          <span className="legend-sample agenda-busy" />
          {words.busy}
        </li>
      )}
    </ul>
  );
}
