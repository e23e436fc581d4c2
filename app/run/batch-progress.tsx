"use client";

import type { SessionState } from "@/lib/session/session-state";
import { isRunning, useSession, useThrottledSession, whileRunning } from "../session";
import { strings } from "../strings";
import { bytes, rate, roughly, speed } from "../ui/numbers";

const t = strings.run;
const fourTimesASecond = whileRunning(250);
const totalsOf = (state: SessionState) => state.totals;

/** The engine's download first, then the batch by seconds of audio. One bar at a time. */
export function BatchProgress() {
  const engine = useSession((state) => state.engine);
  const running = useSession(isRunning);
  if (engine.kind === "failed") {
    return (
      <p className="run-failed">
        {t.engineFailed} {engine.message}
      </p>
    );
  }
  if (engine.kind === "loading") {
    const { received, total } = engine;
    const words = t.engineLoading(bytes(received), bytes(total));
    return (
      <div className="progress">
        <Bar label={t.engine} share={total > 0 ? received / total : 0} words={words} />
        <p className="progress-words">{words}</p>
      </div>
    );
  }
  return running ? <Running /> : null;
}

function Running() {
  const totals = useThrottledSession(totalsOf, fourTimesASecond);
  const share = totals.audioSeconds > 0 ? totals.audioSecondsDone / totals.audioSeconds : 0;
  const done = t.done(totals.completed, totals.inBatch);
  const left = totals.secondsLeft === null ? null : t.left(roughly(totals.secondsLeft));
  return (
    <div className="progress">
      <Bar
        label={t.progress}
        share={share}
        words={[done, left].filter((part) => part !== null).join(", ")}
      />
      <ul className="progress-words">
        <li>
          <strong>{done}</strong>
        </li>
        {left !== null && <li>{left}</li>}
        {totals.speed !== null && <li>{t.speed(speed(totals.speed))}</li>}
        <li data-bad={totals.failed > 0 || undefined}>{t.failures(totals.failed)}</li>
        {totals.completed > 0 && (
          <li>{t.successRate(rate((totals.completed - totals.failed) / totals.completed))}</li>
        )}
      </ul>
    </div>
  );
}

function Bar({ label, share, words }: { label: string; share: number; words: string }) {
  const held = Math.min(1, Math.max(0, share));
  return (
    <div
      role="progressbar"
      className="bar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.floor(held * 100)}
      aria-valuetext={words}
    >
      <div className="bar-done" style={{ transform: `scaleX(${held.toFixed(4)})` }} />
    </div>
  );
}
