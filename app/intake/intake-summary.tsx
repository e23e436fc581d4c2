"use client";

import { useState } from "react";
import { useSession } from "../session";
import { strings } from "../strings";

const t = strings.intake;

/** What the last addition brought and what it left out, with the names on demand. */
export function IntakeSummary() {
  const intake = useSession((state) => state.intake);
  if (intake === null) return null;
  if (intake.busy) return <p className={LOOK}>{t.busy(intake.added)}</p>;

  const { added, duplicates, notAudio, others, hidesNames } = intake;
  const parts = [
    added > 0 ? t.added(added) : null,
    duplicates > 0 ? t.duplicates(duplicates) : null,
    notAudio.count > 0 ? t.notAudio(notAudio.count) : null,
    others.count > 0 ? t.leftOut(others.count) : null,
  ].filter((part) => part !== null);
  const sentence = parts.length === 0 ? t.nothing : parts.join(", ");
  const lines = [
    ...others.shown.map(({ name, reason }) => `${name}: ${t.reasons[reason]}`),
    ...notAudio.names,
  ];
  const unnamed = notAudio.count + others.count - lines.length;
  const wrong = added + duplicates === 0;
  return (
    <div className={wrong ? `${LOOK} ${WRONG}` : LOOK}>
      {wrong && <p className="text-ink font-medium">{t.wrong}</p>}
      {lines.length === 0 ? (
        <p>{sentence}</p>
      ) : (
        <details>
          <summary className="min-h-6 py-0.5">{sentence}</summary>
          <ul className="border-line max-h-40 columns-[18rem] overflow-auto border px-3 py-2 text-start wrap-anywhere">
            {lines.map((line, index) => (
              <li key={index}>{line}</li>
            ))}
            {unnamed > 0 && <li>{t.more(unnamed)}</li>}
          </ul>
        </details>
      )}
      {hidesNames && <p data-hidden-names>{t.hidesNames}</p>}
    </div>
  );
}

const LOOK =
  "ms-auto text-[0.8125rem] text-muted has-[details[open],[data-hidden-names]]:ms-0 has-[details[open],[data-hidden-names]]:basis-full";
/** Told where the eye is: beside what was dropped on. */
const WRONG = "rounded border border-s-4 border-amber bg-surface px-3 py-1";

/** Tells those who do not see the page what an addition came to: one sentence, once it is done. */
export function IntakeAnnouncement() {
  const intake = useSession((state) => state.intake);
  const all = useSession((state) => state.order.length);
  const done = intake === null || intake.busy ? null : intake;
  const leftOut = done === null ? 0 : done.notAudio.count + done.others.count;
  // Told of an addition once: not again when songs leave the list, nor when Undo brings them back.
  const [told, setTold] = useState({ done, last: done, isNew: false, all });
  if (told.done !== done) {
    setTold({ done, last: done ?? told.last, isNew: done !== null && done !== told.last, all });
  }
  return (
    <p aria-live="polite" className="sr-only">
      {told.done !== null && told.isNew && t.announced(told.done.added, leftOut, told.all)}
    </p>
  );
}
