"use client";

import type { ReactNode } from "react";
import type { SessionState } from "@/lib/session/session-state";
import { useSession, useThrottledSession, whileRunning } from "../session";
import { strings } from "../strings";
import { bytes, rate, roughly, speed } from "../ui/numbers";

const t = strings.run;
const threeTimesASecond = whileRunning(333);
const totalsOf = (state: SessionState) => state.totals;

/** The engine's download first, then the batch by seconds of audio. One bar at a time. */
export function BatchProgress() {
  const ready = useSession(({ engine }) => engine.kind !== "loading" && engine.kind !== "failed");
  return ready ? <Running /> : <EngineProgress />;
}

/** How far the download of the engine is, or that it failed. */
export function EngineProgress() {
  const engine = useSession((state) => state.engine);
  if (engine.kind === "failed") {
    return (
      <p className="text-red">
        {t.engineFailed} {engine.message}
      </p>
    );
  }
  if (engine.kind !== "loading") return null;
  const { received, total } = engine;
  const words = t.engineLoading(bytes(received), bytes(total));
  return (
    <Progress label={t.engine} share={total > 0 ? received / total : 0} words={words}>
      <p className="text-muted">{words}</p>
    </Progress>
  );
}

function Running() {
  const totals = useThrottledSession(totalsOf, threeTimesASecond);
  const share = totals.audioSeconds > 0 ? totals.audioSecondsDone / totals.audioSeconds : 0;
  const done = t.done(totals.completed, totals.inBatch);
  const left = totals.secondsLeft === null ? null : t.left(roughly(totals.secondsLeft));
  const words = [done, left].filter((part) => part !== null).join(", ");
  return (
    <Progress label={t.progress} share={share} words={words}>
      <ul className="text-muted grid grid-cols-2 gap-x-4 whitespace-nowrap sm:flex lg:w-144">
        <li>
          <strong className="text-ink font-semibold">{done}</strong>
        </li>
        <li>{left}</li>
        {totals.speed !== null && <li className="max-lg:hidden">{t.speed(speed(totals.speed))}</li>}
        <li className={totals.failed > 0 ? "text-red font-medium" : ""}>
          {t.failures(totals.failed)}
        </li>
        {totals.completed > 0 && (
          <li>{t.successRate(rate((totals.completed - totals.failed) / totals.completed))}</li>
        )}
      </ul>
    </Progress>
  );
}

interface ProgressProps {
  readonly label: string;
  /** 0…1 */
  readonly share: number;
  /** The progress in words, for those who do not see the bar. */
  readonly words: string;
  readonly children: ReactNode;
}

function Progress({ label, share, words, children }: ProgressProps) {
  const held = Math.min(1, Math.max(0, share));
  return (
    <div className="grid flex-1 basis-96 gap-x-4 gap-y-1 lg:flex lg:items-center">
      <div
        role="progressbar"
        className="border-edge bg-sunken h-2.5 flex-1 overflow-hidden border"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(held * 100)}
        aria-valuetext={words}
      >
        <div
          className="bg-accent h-full origin-left will-change-transform forced-color-adjust-none"
          style={{ transform: `scaleX(${held.toFixed(4)})` }}
        />
      </div>
      {children}
    </div>
  );
}
