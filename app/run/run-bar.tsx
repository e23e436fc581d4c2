"use client";

import type { ReactNode } from "react";
import {
  isRunning,
  isWaiting,
  useActions,
  useSession,
  useThrottledSession,
  whileRunning,
} from "../session";
import { LevelAgain } from "../report/ends";
import { tallyOf } from "../songs/tally";
import { strings } from "../strings";
import { Button } from "../ui/button";
import { ReportButtons } from "../report/report-buttons";
import { BatchProgress, EngineProgress } from "./batch-progress";
import { PromptNote, StartNote } from "./before-start";
import { DoneBefore } from "./done-before";
import { Lanes } from "./lanes";
import { Status } from "./status";
import { TellWhenDone } from "./tell-when-done";

const t = strings.run;
const often = whileRunning(333);
/** In sight while the table is read, where the window is high enough for both. */
const RUN = "grid gap-1.5 roomy:sticky roomy:top-0 roomy:z-5 roomy:-my-1 roomy:bg-panel roomy:py-1";
const BUTTONS = "flex flex-wrap items-center gap-1.5";

/**
 * Where the batch stands, and everything that can be done with it. What is told of it has the same
 * room before, while and after it runs, so that nothing under it moves: two lines and the summary's
 * where the window is wide, and as many more as what is said takes where it is narrow.
 */
export function RunBar({ summary }: { summary: ReactNode }) {
  const running = useSession(isRunning);
  const finished = useSession(({ phase }) => phase === "finished");
  const empty = useSession(({ order }) => order.length === 0);
  // For whoever drives the page: what can be undone is not all known yet.
  const looking = useSession((state) => state.lookingForUndo);
  return (
    <section className={RUN} aria-label={t.heading} data-looking={looking || undefined}>
      <div className="flex flex-wrap content-start items-center justify-between gap-x-6 gap-y-1.5">
        <div className="flex min-w-0 flex-wrap items-baseline gap-x-3.5 max-lg:basis-full">
          <Status />
          {empty ? <StartNote /> : <PausedNote />}
        </div>
        <RunButtons />
      </div>
      {!empty && (
        <div className="grid min-h-43 grid-cols-[minmax(0,1fr)] content-start items-center gap-1 sm:min-h-37 sm:auto-rows-[minmax(2rem,auto)] lg:min-h-32 xl:min-h-26">
          {running && <WhileRunning />}
          {!running && !finished && <BeforeStart />}
          {/* Anew at the end: what is drawn has not moved then. */}
          <div key={finished ? "end" : "before"}>{summary}</div>
        </div>
      )}
    </section>
  );
}

function BeforeStart() {
  const fetching = useSession(
    ({ engine }) => engine.kind === "loading" || engine.kind === "failed",
  );
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4">
        <StartNote />
        <DoneBefore />
      </div>
      {fetching ? <EngineProgress /> : <PromptNote />}
    </>
  );
}

function WhileRunning() {
  const waiting = useSession(isWaiting);
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-5 gap-y-1 lg:flex-nowrap">
        <BatchProgress />
        <TellWhenDone />
      </div>
      {waiting ? <p className="text-muted">{t.waitingHint}</p> : <Lanes />}
    </>
  );
}

/** Where there is room for it beside the buttons: it is told by the lanes too. */
function PausedNote() {
  const paused = useSession(({ phase }) => phase === "paused");
  return paused && <p className="text-muted hidden xl:block">{t.pausedHint}</p>;
}

function RunButtons() {
  const actions = useActions();
  const phase = useSession((state) => state.phase);
  const running = useSession(isRunning);
  const waiting = useSession(isWaiting);
  const songs = useSession((state) => state.totals.songs);
  // After measuring alone, leveling is what comes next.
  const leveled = useSession(
    ({ phase, totals }) =>
      phase === "finished" && (totals.leveled + totals.tagged > 0 || totals.measured === 0),
  );
  const { failed, lossless } = useThrottledSession(tallyOf, often);
  const finished = phase === "finished";
  return (
    // Anew with each of the three, so that no button moves.
    <div key={running ? "running" : finished ? "end" : "before"} className={BUTTONS}>
      <div className={BUTTONS}>
        {running ? (
          <>
            {phase === "paused" ? (
              <Button key="resume" look="strong" onClick={() => actions.resume()}>
                {t.resume}
              </Button>
            ) : (
              <Button key="pause" look="strong" disabled={waiting} onClick={() => actions.pause()}>
                {t.pause}
              </Button>
            )}
            <Button key="stop" onClick={() => actions.stop("now")}>
              {t.stop}
            </Button>
            <Button
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
        {failed > 0 && !running && !finished && (
          <Button onClick={() => void actions.retryFailed()}>{t.retry}</Button>
        )}
        {lossless > 0 && !running && (
          <Button title={t.undoHint} onClick={() => void actions.undoLossless()}>
            {t.undo}
          </Button>
        )}
        {leveled && (
          <span className="sm:hidden">
            <LevelAgain />
          </span>
        )}
      </div>
      {songs > 0 && !finished && (
        <div className={`${BUTTONS} max-sm:hidden`}>
          <ReportButtons />
        </div>
      )}
    </div>
  );
}
