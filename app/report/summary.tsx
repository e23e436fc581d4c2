"use client";

import { useMemo } from "react";
import type { SessionState } from "@/lib/session/session-state";
import { useSession, useThrottledSession, whileRunning } from "../session";
import { strings } from "../strings";
import { bytes, count, took } from "../ui/numbers";
import { albumsIn } from "../songs/albums";
import { steady } from "../throttled";
import { distribution, sameDistribution } from "./distribution";
import { Figures } from "./figures";
import { Legend, Picture } from "./picture";
import { ReachNote } from "./reach";
import { settingsShown } from "./settings-shown";
import { whatLiesBeside, whereSongsAre } from "./where";

const t = strings.report;
const onceASecond = whileRunning(1000);
const dataOf = steady(({ songs }: SessionState) => distribution(songs.values()), sameDistribution);

/** The picture of the whole library with its figures; after a batch, the summary. */
export function Summary({ onShowFailed }: { onShowFailed: () => void }) {
  const data = useThrottledSession(dataOf, onceASecond);
  const target = useSession((state) => settingsShown(state).targetLoudness);
  const accuracy = useSession((state) => settingsShown(state).accuracyThreshold);
  const finished = useSession((state) => state.phase === "finished");
  const albums = useThrottledSession(albumsIn, onceASecond);
  const measured = data.before.values.length > 0;
  return (
    <section className="summary" aria-label={t.heading} data-measured={measured || undefined}>
      <div className="summary-picture">
        <Picture data={data} target={target} />
        {measured ? <Legend data={data} /> : <p className="legend">{t.unmeasured}</p>}
      </div>
      {(measured || finished) && (
        <div className="summary-figures">
          {measured && <Figures data={data} albums={albums} target={target} accuracy={accuracy} />}
          {measured && <ReachNote />}
          {finished && <Ends onShowFailed={onShowFailed} />}
        </div>
      )}
    </section>
  );
}

/** How the batch ended, and where its songs are. */
function Ends({ onShowFailed }: { onShowFailed: () => void }) {
  const totals = useSession((state) => state.totals);
  const download = useSession((state) => state.download);
  const run = useSession((state) => state.run);
  const songs = useSession((state) => state.songs);
  const sentences = useMemo(
    () => [...whereSongsAre({ run, songs }), ...whatLiesBeside(run?.beside ?? [])],
    [run, songs],
  );
  const parts = [
    {
      name: t.leveled,
      amount: totals.leveled,
      always: totals.measured === 0 && totals.tagged === 0,
    },
    { name: t.tagged, amount: totals.tagged },
    { name: t.measured, amount: totals.measured },
    { name: t.skipped, amount: totals.skipped },
    { name: t.failed, amount: totals.failed, bad: true },
    { name: t.cancelled, amount: totals.cancelled },
  ].filter((part) => part.amount > 0 || part.always);
  return (
    <>
      <dl className="ends">
        {parts.map((part) => (
          <div key={part.name} data-bad={part.bad}>
            <dt>{part.name}</dt>
            <dd>{count(part.amount)}</dd>
          </div>
        ))}
        <div>
          <dt>{t.elapsed}</dt>
          <dd>{took(totals.elapsedSeconds)}</dd>
        </div>
      </dl>
      <div className="ends-next">
        {download !== null && (
          <a className="button button-strong" href={download.url} download={download.name}>
            {t.download(download.name, bytes(download.size))}
          </a>
        )}
        {sentences.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
        {totals.measured > 0 && totals.leveled + totals.tagged === 0 && <p>{t.onlyMeasured}</p>}
        {totals.failed > 0 && (
          <button type="button" className="link" onClick={onShowFailed}>
            {t.showFailed}
          </button>
        )}
      </div>
    </>
  );
}
