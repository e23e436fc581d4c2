"use client";

import { useId, useMemo, useState } from "react";
import type { SessionState } from "@/lib/session/session-state";
import { HearInARow } from "../listen/step-through";
import { useSession, useThrottledSession, whileRunning } from "../session";
import { albumsIn } from "../songs/albums";
import type { Filter } from "../songs/view";
import { strings } from "../strings";
import { steady } from "../throttled";
import { count, took } from "../ui/numbers";
import { distribution, sameDistribution, type Distribution } from "./distribution";
import { Ends } from "./ends";
import { Figures } from "./figures";
import { Bars, Legend, Picture, pictureWords } from "./picture";
import { ReachNote } from "./reach";
import { OtherReports, SaveReport } from "./report-buttons";
import { settingsShown } from "./settings-shown";
import { whatLiesBeside } from "./where";

const t = strings.report;
const onceASecond = whileRunning(1000);
const dataOf = steady(({ songs }: SessionState) => distribution(songs.values()), sameDistribution);

/**
 * How loud the songs are, in a line, and after a batch what came of it, in two more. The picture of
 * the whole library opens below.
 */
export function Summary({ onShow }: { onShow: (filter: Filter) => void }) {
  const data = useThrottledSession(dataOf, onceASecond);
  const finished = useSession((state) => state.phase === "finished");
  const run = useSession((state) => state.run);
  const ended = finished ? run : null;
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] gap-1" aria-label={t.heading}>
      {ended && <Ends run={ended} onShow={onShow} />}
      {ended === null && <ReachNote />}
      <Line data={data} ended={ended !== null} />
    </section>
  );
}

function Line({ data, ended }: { data: Distribution; ended: boolean }) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const target = useSession((state) => settingsShown(state).targetLoudness);
  const accuracy = useSession((state) => settingsShown(state).accuracyThreshold);
  const seconds = useSession((state) => state.totals.elapsedSeconds);
  const albums = useThrottledSession(albumsIn, onceASecond);
  if (data.before.values.length === 0) {
    return (
      <div className="text-muted flex min-h-8 flex-wrap items-center gap-x-6">
        <p className="max-sm:hidden">{t.unmeasured}</p>
        <div className="sm:hidden">
          <SaveReport />
        </div>
      </div>
    );
  }
  const figures = (
    <Figures data={data} albums={albums} target={target} accuracy={accuracy}>
      {ended && (
        <div className="sm:max-lg:hidden!">
          <dt>{t.elapsed}</dt>
          <dd>
            <strong>{took(seconds)}</strong>
          </dd>
        </div>
      )}
    </Figures>
  );
  return (
    <>
      <div className="flex min-h-8 flex-wrap items-center gap-x-6 max-sm:gap-x-2.5">
        {!open && (
          <div className="w-36 max-xl:hidden" role="img" aria-label={pictureWords(data, target)}>
            <Bars data={data} className="h-6" />
          </div>
        )}
        <div className="max-sm:hidden">{figures}</div>
        <button
          type="button"
          className="link sm:ms-auto"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          {t.distribution}
        </button>
        <div className={ended ? "sm:hidden" : "sm:max-lg:hidden"}>
          <HearInARow />
        </div>
        <div className="sm:hidden">
          <SaveReport />
        </div>
      </div>
      <div id={id} hidden={!open}>
        <Picture data={data} target={target} />
        <Legend data={data} />
        {/* A phone has no room for these in the line. */}
        <div className="sm:hidden">{figures}</div>
        {ended && <Counts />}
        <div className="flex lg:hidden">
          <OtherReports />
        </div>
      </div>
    </>
  );
}

/** Of the batch by how its songs ended, and what became of the files beside them. */
function Counts() {
  const totals = useSession((state) => state.totals);
  const beside = useSession((state) => state.run?.beside);
  const sentences = useMemo(() => whatLiesBeside(beside ?? []), [beside]);
  const parts = [
    {
      name: t.leveled,
      amount: totals.leveled,
      always: totals.measured === 0 && totals.tagged === 0,
    },
    { name: t.tagged, amount: totals.tagged },
    { name: t.measured, amount: totals.measured },
    { name: t.skipped, amount: totals.skipped },
    { name: t.failed, amount: totals.failed },
    { name: t.cancelled, amount: totals.cancelled },
  ].filter((part) => part.amount > 0 || part.always);
  return (
    <>
      <dl className="text-muted mt-2 flex flex-wrap gap-x-6">
        {parts.map((part) => (
          <div key={part.name} className="flex gap-1.5">
            <dt>{part.name}</dt>
            <dd className="text-ink font-medium">{count(part.amount)}</dd>
          </div>
        ))}
      </dl>
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </>
  );
}
