"use client";

import { useId } from "react";
import type { Question } from "@/lib/session/session-state";
import { useActions, useSession } from "../session";
import { strings } from "../strings";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { DoubtfulDialog } from "./doubtful-dialog";

const t = strings.question;

/** Asks before something is done that cannot be undone, and says what will happen. */
export function QuestionDialog() {
  const question = useSession((state) => state.question);
  const kept = useSession((state) => state.settings.keepOriginals);
  const actions = useActions();
  const heading = useId();
  if (question === null) return null;
  if (question.kind === "restore-doubtful") return <DoubtfulDialog songs={question.songs} />;
  const words = wordsOf(question, kept);
  const cancel = () => actions.answer(false);
  return (
    <Dialog labelledBy={heading} onClose={cancel}>
      <h2 id={heading}>{words.heading}</h2>
      <p>{words.body}</p>
      {words.comfort !== null && <p>{words.comfort}</p>}
      {words.warning !== null && <p className="dialog-warning">{words.warning}</p>}
      <div className="dialog-buttons">
        <Button onClick={cancel}>{t.cancel}</Button>
        <Button look="strong" onClick={() => actions.answer(true)}>
          {words.confirm}
        </Button>
      </div>
    </Dialog>
  );
}

interface Words {
  readonly heading: string;
  readonly body: string;
  readonly comfort: string | null;
  readonly warning: string | null;
  readonly confirm: string;
}

function wordsOf(question: Exclude<Question, { kind: "restore-doubtful" }>, kept: boolean): Words {
  switch (question.kind) {
    case "replace-originals": {
      const { heading, body, kept: comfort, warning, confirm } = t.replace;
      const end = kept ? { comfort, warning: null } : { comfort: null, warning };
      return { heading: heading(question.songs), body, confirm, ...end };
    }
    case "delete-originals": {
      const { heading, ...words } = t.deleteOriginals;
      return { ...words, heading: heading(question.songs), comfort: null };
    }
    case "forget-batch": {
      const { body, ...words } = t.forgetBatch;
      return { ...words, body: body(question.ended, question.songs), comfort: null };
    }
  }
}
