import { useEffect, useState } from "react";
import { useNavigate, useParams } from "react-router";

import type { AppointmentType } from "../api/types";
import { texts } from "../texts";
import { Button, LinkButton } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Empty } from "../ui/Empty";
import { Icon } from "../ui/Icon";
import { Loading } from "../ui/Loading";
import { Failure } from "../ui/Notice";
import { PageHeader } from "../ui/PageHeader";
import { useToast } from "../ui/Toasts";
import { useRemoveType } from "./changes";
import { TypeForm } from "./TypeForm";
import { useTypes } from "./useTypes";

const { types: words } = texts;

const LIST = "/types";

/** One appointment type: a new one, or one to be changed or removed. */
export function TypePage() {
  const { id } = useParams();
  const types = useTypes();
  const type = types.data?.find((one) => one.id === id);
  const navigate = useNavigate();
  const toast = useToast();
  const [done, setDone] = useState<string | null>(null);

  // Only now the form knows that nothing of it is lost, and lets the page be left.
  useEffect(() => {
    if (done === null) return;
    toast({ text: done });
    void navigate(LIST);
  }, [done, toast, navigate]);

  return (
    <div className="page page-narrow">
      <LinkButton
        kind="quiet"
        className="button button-quiet button-back"
        to={LIST}
        icon={<Icon name="back" />}
      >
        {words.title}
      </LinkButton>
      <PageHeader title={id === undefined ? words.add : (type?.title ?? words.edit)} />
      {id !== undefined && types.isPending && <Loading />}
      {types.isError && <Failure error={types.error} retry={() => void types.refetch()} />}
      {id !== undefined && types.data && type === undefined && <Empty title={words.missing} />}
      {(id === undefined || type) && (
        <Editor key={id ?? ""} type={type} isDone={done !== null} onDone={setDone} />
      )}
    </div>
  );
}

interface EditorProps {
  type: AppointmentType | undefined;
  isDone: boolean;
  /** Called with what is to be said on the page after this one. */
  onDone: (text: string) => void;
}

function Editor({ type, isDone, onDone }: EditorProps) {
  const [isRemoving, setRemoving] = useState(false);
  return (
    <>
      <TypeForm type={type} isDone={isDone} onSaved={({ title }) => onDone(words.saved(title))} />
      {type && (
        <Button kind="warn" onClick={() => setRemoving(true)}>
          {words.remove}
        </Button>
      )}
      {type && isRemoving && (
        <RemoveDialog
          type={type}
          onRemoved={() => onDone(words.removed(type.title))}
          onClose={() => setRemoving(false)}
        />
      )}
    </>
  );
}

interface RemoveDialogProps {
  type: AppointmentType;
  onRemoved: () => void;
  onClose: () => void;
}

function RemoveDialog({ type, onRemoved, onClose }: RemoveDialogProps) {
  const remove = useRemoveType();
  return (
    <Dialog title={words.removeTitle(type.title)} onClose={onClose}>
      <div className="stack">
        {remove.isError && <Failure error={remove.error} />}
        <p>{words.removeWhat}</p>
        <div className="form-actions">
          <Button kind="quiet" onClick={onClose}>
            {texts.keep}
          </Button>
          <Button
            kind="danger"
            busy={remove.isPending}
            onClick={() => remove.mutate(type, { onSuccess: onRemoved })}
          >
            {words.remove}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
