import { useState } from "react";

import { texts } from "../texts";
import { formatDayAndTime } from "../times/format";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Field } from "../ui/Field";
import { Loading } from "../ui/Loading";
import { Failure } from "../ui/Notice";
import { useToast } from "../ui/Toasts";
import { useEndFeed, useFeed, useMakeFeed } from "./useFeed";

const { feed: words } = texts;

/** Makes, shows once and ends the secret link under which calendars read the appointments. */
export function FeedCard({ zone }: { zone: string }) {
  const feed = useFeed();
  const make = useMakeFeed();
  const end = useEndFeed();
  const toast = useToast();
  const [asking, ask] = useState<"replace" | "end" | null>(null);
  const failure = feed.error ?? make.error ?? end.error;
  const since = feed.data?.created_at ?? null;
  const makeOne = () => {
    ask(null);
    make.mutate(undefined, { onSuccess: () => toast({ text: words.made(since !== null) }) });
  };
  const stop = () => {
    ask(null);
    make.reset();
    end.mutate(undefined, { onSuccess: () => toast({ text: words.ended }) });
  };
  return (
    <section className="card stack" aria-labelledby="feed">
      <div>
        <h2 id="feed">{words.title}</h2>
        <p className="soft">{words.what}</p>
      </div>
      {failure !== null && <Failure error={failure} />}
      {feed.isPending && <Loading />}
      {make.data && <FeedAddress url={make.data.url} />}
      {feed.data && (
        <>
          <p>{since === null ? words.none : words.since(formatDayAndTime(since, zone))}</p>
          <div className="row">
            {since === null ? (
              <Button kind="primary" busy={make.isPending} onClick={makeOne}>
                {words.make}
              </Button>
            ) : (
              <>
                <Button busy={make.isPending} onClick={() => ask("replace")}>
                  {words.replace}
                </Button>
                <Button kind="warn" busy={end.isPending} onClick={() => ask("end")}>
                  {words.end}
                </Button>
              </>
            )}
          </div>
        </>
      )}
      {asking !== null && (
        <Dialog title={words.sure[asking]} onClose={() => ask(null)}>
          <div className="stack">
            <p>{words.sureWhat}</p>
            <div className="form-actions">
              <Button kind="quiet" onClick={() => ask(null)}>
                {texts.keep}
              </Button>
              <Button kind="danger" onClick={asking === "end" ? stop : makeOne}>
                {words[asking]}
              </Button>
            </div>
          </div>
        </Dialog>
      )}
    </section>
  );
}

function FeedAddress({ url }: { url: string }) {
  const toast = useToast();
  const copy = () =>
    navigator.clipboard.writeText(url).then(
      () => toast({ text: words.copied }),
      () => toast({ text: words.notCopied, tone: "danger" }),
    );
  return (
    <div className="feed-address">
      <Field label={words.address} hint={words.secret}>
        {(control) => (
          <input
            {...control}
            className="input"
            readOnly
            value={url}
            onFocus={({ target }) => target.select()}
          />
        )}
      </Field>
      <Button onClick={() => void copy()}>{words.copy}</Button>
    </div>
  );
}
