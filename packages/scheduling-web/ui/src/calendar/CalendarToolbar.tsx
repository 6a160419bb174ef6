import { texts } from "../texts";
import { isDate, today } from "../times/days";
import { Button, IconButton } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { PageHeader } from "../ui/PageHeader";
import { step, titleOf, VIEWS, type View } from "./range";

const { calendar: words } = texts;

interface CalendarToolbarProps {
  view: View;
  date: string;
  firstDay: number;
  zone: string;
  isLoading: boolean;
  onGo: (to: { view?: View; date?: string }) => void;
  onBook: () => void;
}

/** The heading of the calendar, and the ways around in it. */
export function CalendarToolbar({
  view,
  date,
  firstDay,
  zone,
  isLoading,
  onGo,
  onBook,
}: CalendarToolbarProps) {
  return (
    <>
      <PageHeader
        title={words.title}
        actions={
          <Button kind="primary" icon={<Icon name="add" />} onClick={onBook}>
            {words.book}
          </Button>
        }
      />
      <div className="calendar-toolbar">
        <div className="row">
          <Button onClick={() => onGo({ date: today(zone) })}>{words.today}</Button>
          <IconButton
            icon="back"
            label={words.previous[view]}
            onClick={() => onGo({ date: step(view, date, -1) })}
          />
          <IconButton
            icon="forward"
            label={words.next[view]}
            onClick={() => onGo({ date: step(view, date, 1) })}
          />
        </div>
        <h2 aria-live="polite" aria-busy={isLoading}>
          {titleOf(view, date, firstDay)}
        </h2>
        <input
          className="input calendar-date"
          type="date"
          aria-label={words.goTo}
          value={date}
          onChange={({ target }) => isDate(target.value) && onGo({ date: target.value })}
        />
        <fieldset className="segments" aria-label={words.view}>
          {VIEWS.map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={name === view}
              onClick={() => onGo({ view: name })}
            >
              {words.views[name]}
            </button>
          ))}
        </fieldset>
      </div>
    </>
  );
}
