"use client";

import { useEffect, useRef } from "react";
import {
  isRunning,
  isWaiting,
  useActions,
  useSession,
  useThrottledSession,
  whileRunning,
} from "../session";
import { tallyOf } from "../songs/tally";
import { strings } from "../strings";
import { Button } from "../ui/button";
import { BatchProgress } from "./batch-progress";
import { beforeOf, DoneBefore } from "./done-before";
import { LevelAgain } from "./level-again";
import { ReportButtons } from "../report/report-buttons";
import { Status } from "./status";
import { TellWhenDone } from "./tell-when-done";

const t = strings.run;
const often = whileRunning(250);

/** Where the batch stands, and everything that can be done with it. */
export function RunBar() {
  const actions = useActions();
  const phase = useSession((state) => state.phase);
  const running = useSession(isRunning);
  const waiting = useSession(isWaiting);
  const songs = useSession((state) => state.totals.songs);
  // For whoever drives the page: what can be undone is not all known yet.
  const looking = useSession((state) => state.lookingForUndo);
  // After measuring alone, leveling is what comes next.
  const leveled = useSession(
    ({ phase, totals }) =>
      phase === "finished" && (totals.leveled + totals.tagged > 0 || totals.measured === 0),
  );
  const { failed, lossless } = useThrottledSession(tallyOf, often);
  const bar = useRef<HTMLDivElement>(null);

  // Start and Pause take each other's place; the focus must not fall off the page with them, nor to
  // another button, which Enter would press next.
  const held = useRef(false);
  useEffect(() => {
    if (held.current && document.activeElement === document.body) {
      bar.current?.parentElement?.querySelector<HTMLElement>("[role=status]")?.focus();
    }
  }, [phase]);

  return (
    <section className="run" aria-label={t.heading} data-looking={looking || undefined}>
      <div className="run-head">
        <div className="run-words">
          <Status />
          <RunHint />
          <DoneBefore />
        </div>
        <div
          className="run-buttons"
          ref={bar}
          onFocus={() => (held.current = true)}
          onBlur={(event) => {
            if (event.relatedTarget !== null) held.current = false;
          }}
        >
          {/* By keys: a button that became another would keep the focus. */}
          {running ? (
            <>
              {phase === "paused" ? (
                <Button key="resume" look="strong" onClick={() => actions.resume()}>
                  {t.resume}
                </Button>
              ) : (
                <Button
                  key="pause"
                  look="strong"
                  disabled={waiting}
                  onClick={() => actions.pause()}
                >
                  {t.pause}
                </Button>
              )}
              <Button key="stop" onClick={() => actions.stop("now")}>
                {t.stop}
              </Button>
              <Button
                key="stop-after"
                look="quiet"
                title={t.stopAfterHint}
                onClick={() => actions.stop("after-current")}
              >
                {t.stopAfter}
              </Button>
            </>
          ) : (
            <>
              <Button
                key="start"
                look={leveled ? "plain" : "strong"}
                disabled={songs === 0}
                onClick={() => void actions.start()}
              >
                {t.start}
              </Button>
              <Button key="measure" disabled={songs === 0} onClick={() => void actions.measure()}>
                {t.measure}
              </Button>
            </>
          )}
          <LevelAgain />
          {failed > 0 && !running && (
            <Button onClick={() => void actions.retryFailed()}>{t.retry}</Button>
          )}
          {lossless > 0 && !running && (
            <Button title={t.undoHint} onClick={() => void actions.undoLossless()}>
              {t.undo}
            </Button>
          )}
          {songs > 0 && <ReportButtons />}
        </div>
      </div>
      <BatchProgress />
      {running && <TellWhenDone />}
    </section>
  );
}

/** What to do next, in a sentence. */
function RunHint() {
  const phase = useSession((state) => state.phase);
  const waiting = useSession(isWaiting);
  const all = useSession((state) => state.totals.songs);
  const { left } = useSession(beforeOf);
  const folders = useSession((state) => state.folders);
  const saveTo = useSession((state) =>
    state.capabilities.folders ? state.settings.saveTo : "download",
  );
  if (phase === "ready") {
    const where = saveTo === "leveled" ? t.where.leveled(folders) : t.where[saveTo];
    const songs = left === 0 ? all : left;
    return <p className="run-hint">{songs === 0 ? t.emptyHint : t.readyHint(songs, where)}</p>;
  }
  if (waiting) return <p className="run-hint">{t.waitingHint}</p>;
  if (phase === "paused") return <p className="run-hint">{t.pausedHint}</p>;
  return null;
}
