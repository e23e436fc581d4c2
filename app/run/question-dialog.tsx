"use client";

import { useId } from "react";
import type { Question } from "@/lib/session/session-state";
import { useActions, useSession } from "../session";
import { strings } from "../strings";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { DoubtfulDialog } from "./doubtful-dialog";
import { bytes, roughly } from "../ui/numbers";

const t = strings.question;

/** Asks before something is done that cannot be undone, and says what will happen. */
export function QuestionDialog() {
  const question = useSession((state) => state.question);
  const actions = useActions();
  const heading = useId();
  if (question === null) return null;
  if (question.kind === "restore-doubtful") return <DoubtfulDialog songs={question.songs} />;
  const words = wordsOf(question);
  const cancel = () => actions.answer(false);
  return (
    <Dialog labelledBy={heading} describedBy={`${heading}-body`} onClose={cancel}>
      <h2 id={heading}>{words.heading}</h2>
      <div id={`${heading}-body`} className="grid gap-3">
        <p>{words.body}</p>
        {words.lines.length > 0 && (
          <ul className="grid list-disc gap-1.5 ps-4.5 wrap-anywhere">
            {words.lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        )}
        {words.warning !== null && <p className="dialog-warning">{words.warning}</p>}
      </div>
      <div className="dialog-buttons">
        <Button onClick={cancel}>{t.cancel}</Button>
        <Button look="strong" onClick={() => actions.answer(true)}>
          {words.confirm}
        </Button>
      </div>
    </Dialog>
  );
}

type ReplaceQuestion = Extract<Question, { kind: "replace-originals" }>;

interface Words {
  readonly heading: string;
  readonly body: string;
  /** What will be on disk, a sentence a line; the terminal prints them too. */
  readonly lines: readonly string[];
  readonly warning: string | null;
  readonly confirm: string;
}

function wordsOf(question: Exclude<Question, { kind: "restore-doubtful" }>): Words {
  switch (question.kind) {
    case "replace-originals": {
      const { heading, warning, confirm } = t.replace;
      const body = question.tagsOnly ? t.replace.tagsOnly : t.replace.body;
      return {
        heading: heading(toReplace(question)),
        lines: replaceLines(question),
        warning: question.keepsOriginals ? null : warning,
        ...{ body, confirm },
      };
    }
    case "delete-originals": {
      const { heading, ...words } = t.deleteOriginals;
      return { ...words, heading: heading(question.songs), lines: [] };
    }
    case "again": {
      const { heading, body, confirm } = t.again;
      const { mode, songs } = question;
      return { heading: heading[mode](songs), body: body[mode], lines: [], warning: null, confirm };
    }
    case "forget-batch": {
      const { body, ...words } = t.forgetBatch;
      return { ...words, body: body(question.ended, question.songs), lines: [] };
    }
  }
}

const toReplace = ({ songs, otherKind, unneeded, unencoded, refused }: ReplaceQuestion): number =>
  songs - otherKind - unneeded - unencoded - refused.length;

function replaceLines({
  otherKind,
  unneeded,
  unencoded,
  refused,
  folders,
  keepsOriginals,
  keptBytes,
  workBytes,
  seconds,
}: ReplaceQuestion): string[] {
  const { lines } = t.replace;
  return [
    keepsOriginals ? lines.kept(folders) : lines.notKept,
    ...(otherKind > 0 ? [lines.otherKind(otherKind)] : []),
    ...(unneeded > 0 ? [lines.unneeded(unneeded)] : []),
    ...(unencoded > 0 ? [lines.unencoded(unencoded)] : []),
    ...(refused.length > 0 ? [lines.refused(refused)] : []),
    lines.unknown,
    lines.dates,
    keepsOriginals
      ? lines.space(bytes(keptBytes), bytes(workBytes))
      : lines.workSpace(bytes(workBytes)),
    seconds === null ? lines.timeUnknown : lines.time(roughly(seconds)),
  ];
}
