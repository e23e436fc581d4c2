"use client";

import { useMemo, type ReactNode } from "react";
import type { SessionState, ShownRun } from "@/lib/session/session-state";
import { HearInARow } from "../listen/step-through";
import { useActions, useSession } from "../session";
import { tallyOf } from "../songs/tally";
import type { Filter } from "../songs/view";
import { strings } from "../strings";
import { Button } from "../ui/button";
import { bytes, count, level } from "../ui/numbers";
import { ForecastNote } from "../run/before-start";
import { outcomeOf } from "./outcome";
import { OfferReachable, useReachWords } from "./reach";
import { ReportButtons } from "./report-buttons";
import { whereSongsAre } from "./where";

const t = strings.report;

/** How the batch ended, where its songs are, and what to do about those that came out otherwise. */
export function Ends({ run, onShow }: { run: ShownRun; onShow: (filter: Filter) => void }) {
  const songs = useSession((state) => state.songs);
  const download = useSession((state) => state.download);
  const outcome = useMemo(() => outcomeOf(run, songs), [run, songs]);
  const sentences = useMemo(() => whereSongsAre({ run, songs }), [run, songs]);
  const { kind, done, all, nudged } = outcome;
  const part = all < songs.size;
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 sm:min-h-8">
        <p className="font-semibold sm:text-base">
          {done + nudged === all && (
            <span className="text-accent" aria-hidden>
              ✓{" "}
            </span>
          )}
          {t.outcome[kind](done, all, part)}
        </p>
        <div className="flex flex-wrap gap-1.5">
          {download !== null && (
            <a className="button button-strong" href={download.url} download={download.name}>
              {t.download(download.name, bytes(download.size))}
            </a>
          )}
          <div className="hidden flex-wrap gap-1.5 sm:flex">
            <HearInARow />
            <ReportButtons />
            {run.mode === "level" && <LevelAgain />}
          </div>
        </div>
      </div>
      <div className="flex flex-wrap items-center gap-x-6 gap-y-1 sm:min-h-8">
        <Rest run={run} part={part} onShow={onShow} nudged={nudged} />
        {sentences.map((sentence) => (
          <p key={sentence} className="text-muted">
            {sentence}
          </p>
        ))}
        {run.mode === "measure" && <ForecastNote />}
      </div>
    </>
  );
}

/** All of it once more; Start does only what is left. */
export function LevelAgain() {
  const actions = useActions();
  return <Button onClick={() => void actions.levelAll()}>{strings.run.levelAgain}</Button>;
}

const changedTarget = ({ run, settings }: SessionState): number | null =>
  run?.mode === "level" && settings.targetLoudness !== run.settings.targetLoudness
    ? settings.targetLoudness
    : null;

/** The songs that are not what they were to be, by kinds. */
function Rest({
  run,
  part,
  onShow,
  nudged,
}: {
  run: ShownRun;
  /** The batch was of some songs of the list; what is counted here is of all. */
  part: boolean;
  onShow: (filter: Filter) => void;
  nudged: number;
}) {
  const { quieter, failed, problems, excluded } = useSession(tallyOf);
  const stopped = useSession((state) => state.totals.cancelled);
  const target = useSession(changedTarget);
  const actions = useActions();
  const others = problems - quieter - failed;
  const show = (filter: keyof typeof t.show) => (
    <button
      type="button"
      className="link"
      aria-label={t.show[filter]}
      onClick={() => onShow(filter)}
    >
      {t.showThem}
    </button>
  );
  const planned = useReachWords();
  const held = run.mode === "measure" ? planned : quieter > 0 ? t.quieter(count(quieter)) : null;
  const rest = quieter + failed + others + excluded > 0;
  return (
    <>
      {part && rest && <p className="text-muted">{t.inTheList}</p>}
      {held !== null && (
        <Kind words={held}>
          {quieter > 0 && show("quieter")}
          {run.mode !== "undo" && <OfferReachable />}
        </Kind>
      )}
      {failed > 0 && (
        <Kind words={t.failures(count(failed))} bad>
          {show("failed")}
          <Button onClick={() => void actions.retryFailed()}>{strings.run.retry}</Button>
        </Kind>
      )}
      {others > 0 && <Kind words={t.others(count(others))}>{show("problems")}</Kind>}
      {nudged > 0 && <Kind words={t.nudged(count(nudged))} />}
      {excluded > 0 && <Kind words={t.excluded(count(excluded))}>{show("excluded")}</Kind>}
      {stopped > 0 && <Kind words={t.stopped(count(stopped))} />}
      {target !== null && <p>{t.newTarget(level(target))}</p>}
    </>
  );
}

function Kind({
  words,
  bad = false,
  children,
}: {
  words: string;
  bad?: boolean;
  children?: ReactNode;
}) {
  return (
    <p className="flex flex-wrap items-center gap-x-2.5">
      <span className={bad ? "text-red font-medium" : "text-amber font-medium"}>{words}</span>
      {children}
    </p>
  );
}
