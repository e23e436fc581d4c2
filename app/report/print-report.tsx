"use client";

import { useEffect, useState } from "react";
import { flushSync } from "react-dom";
import type { Song } from "@/lib/song/song";
import { statusText } from "@/lib/session/status-text";
import { useSessionStore } from "../session";
import { formatWords, verdictOf } from "../songs/verdict";
import { albumsOf } from "@/lib/song/album";
import { strings } from "../strings";
import { gain, length, level, NONE } from "../ui/numbers";
import { distribution } from "./distribution";
import { Figures } from "./figures";
import { Legend, Picture } from "./picture";
import { settingsShown } from "./settings-shown";

const t = strings.report;
const { columns, units } = strings.songs;

/**
 * The page on paper: summary, picture and every song, whatever the table shows. It exists only
 * while the browser prints, by the button or by its own command, and takes the page's place then.
 */
export function PrintReport() {
  const store = useSessionStore();
  const [printed, setPrinted] = useState<Date | null>(null);
  useEffect(() => {
    // The browser prints what stands in the page when this handler returns.
    const begin = () => flushSync(() => setPrinted(new Date()));
    const end = () => setPrinted(null);
    window.addEventListener("beforeprint", begin);
    window.addEventListener("afterprint", end);
    return () => {
      window.removeEventListener("beforeprint", begin);
      window.removeEventListener("afterprint", end);
    };
  }, []);
  const state = printed === null ? null : store.getState();
  if (printed === null || state === null || state.order.length === 0) return null;

  const { songs, order } = state;
  const settings = settingsShown(state);
  const data = distribution(songs.values());
  return (
    <article className="print">
      <h1>
        {t.printed(printed.toLocaleString("en", { dateStyle: "medium", timeStyle: "short" }))}
      </h1>
      <p>
        {statusText(state)}.{" "}
        {t.printedTarget(level(settings.targetLoudness), level(settings.truePeakCeiling))}.
      </p>
      {data.before.values.length > 0 && (
        <>
          <Picture data={data} target={settings.targetLoudness} />
          <Legend data={data} />
          <Figures
            albums={albumsOf(songs.values())}
            data={data}
            target={settings.targetLoudness}
            accuracy={settings.accuracyThreshold}
          />
        </>
      )}
      <table>
        <thead>
          <tr>
            <th>{columns.file}</th>
            <th className="number">{columns.length}</th>
            <th>{columns.format}</th>
            <th className="number">
              {columns.loudness} <span className="unit">{units.loudness}</span>
            </th>
            <th className="number">
              {columns.peak} <span className="unit">{units.peak}</span>
            </th>
            <th className="number">
              {columns.gain} <span className="unit">{units.gain}</span>
            </th>
            <th className="number">
              {columns.result} <span className="unit">{units.result}</span>
            </th>
            <th>{columns.status}</th>
          </tr>
        </thead>
        <tbody>
          {order.map((id) => {
            const song = songs.get(id);
            return song === undefined ? null : <Row key={id} song={song} />;
          })}
        </tbody>
      </table>
    </article>
  );
}

function Row({ song }: { song: Song }) {
  const { result } = song;
  return (
    <tr>
      <th scope="row">{song.path}</th>
      <td className="number">{length(song.duration)}</td>
      <td className="print-format">{formatWords(song.format) ?? NONE}</td>
      <td className="number">{level(song.source?.integrated)}</td>
      <td className="number">{level(song.source?.truePeak)}</td>
      <td className="number">{gain(song.gain ?? song.plannedGain)}</td>
      <td className="number">
        {result === null ? NONE : `${level(result.integrated)} / ${level(result.truePeak)}`}
      </td>
      <td>{verdictOf(song).words}</td>
    </tr>
  );
}
