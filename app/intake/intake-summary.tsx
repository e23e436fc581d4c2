"use client";

import { useSession } from "../session";
import { strings } from "../strings";

const t = strings.intake;

/** What the last addition brought and what it left out, with the names on demand. */
export function IntakeSummary() {
  const intake = useSession((state) => state.intake);
  if (intake === null) return null;
  if (intake.busy) return <p className="intake-summary">{t.busy(intake.added)}</p>;

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
  const hidden = hidesNames ? <p className="intake-hidden">{t.hidesNames}</p> : null;
  if (lines.length === 0) {
    return (
      <div className="intake-summary">
        <p>{sentence}</p>
        {hidden}
      </div>
    );
  }

  const unnamed = notAudio.count + others.count - lines.length;
  return (
    <div className="intake-summary">
      <details>
        <summary>{sentence}</summary>
        <ul>
          {lines.map((line, index) => (
            <li key={index}>{line}</li>
          ))}
          {unnamed > 0 && <li>{t.more(unnamed)}</li>}
        </ul>
      </details>
      {hidden}
    </div>
  );
}
