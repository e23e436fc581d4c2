"use client";

import { useId } from "react";
import { useActions, useSession } from "../session";
import { strings } from "../strings";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";

const t = strings.question;

/** Asks once before originals are written over, and says what will happen. */
export function QuestionDialog() {
  const question = useSession((state) => state.question);
  const kept = useSession((state) => state.settings.keepOriginals);
  const actions = useActions();
  const heading = useId();
  if (question === null) return null;
  const cancel = () => actions?.answer(false);
  return (
    <Dialog labelledBy={heading} onClose={cancel}>
      <h2 id={heading}>{t.heading(question.songs)}</h2>
      <p>{t.body}</p>
      {kept ? <p>{t.kept}</p> : <p className="dialog-warning">{t.warning}</p>}
      <div className="dialog-buttons">
        <Button onClick={cancel}>{t.cancel}</Button>
        <Button look="strong" onClick={() => actions?.answer(true)}>
          {t.confirm}
        </Button>
      </div>
    </Dialog>
  );
}
