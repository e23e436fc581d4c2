"use client";

import { isRunning, useActions, useSession } from "../session";
import { strings } from "../strings";
import { Button } from "../ui/button";
import { NOTICE } from "./notice";

const t = strings.unfinished;

/** A batch that was cut off, by a closed tab or a lost machine, and what can be done about it. */
export function Unfinished() {
  const unfinished = useSession((state) => state.unfinished);
  const running = useSession(isRunning);
  const actions = useActions();
  if (unfinished === null || running) return null;
  const { mode, songs, ended, folders, startedAt } = unfinished;
  const message = t.messages[mode](songs, ended, folders.join(", "));
  return (
    <section className={NOTICE} aria-label={t.heading}>
      <p>
        <strong>{message}</strong> {t.hint(new Date(startedAt))}{" "}
        {folders[0] !== undefined && t.asks(folders[0])}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button look="strong" onClick={() => void actions.resumeUnfinished()}>
          {t.resume}
        </Button>
        <Button look="quiet" onClick={() => void actions.discardUnfinished()}>
          {t.discard}
        </Button>
      </div>
    </section>
  );
}

/** Originals that were replaced and kept, until the person decides. */
export function KeptOriginals() {
  const kept = useSession((state) => state.originalsKept);
  const running = useSession(isRunning);
  const actions = useActions();
  if (!kept || running) return null;
  return (
    <section className={NOTICE} aria-label={t.keptHeading}>
      <p>
        <strong>{t.kept}</strong> {t.keptHint}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => void actions.restoreOriginals()}>{t.restore}</Button>
        <Button look="quiet" onClick={() => void actions.discardOriginals()}>
          {t.accept}
        </Button>
      </div>
    </section>
  );
}
