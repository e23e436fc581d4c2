"use client";

import { memo, type CSSProperties } from "react";
import type { Song, SongId } from "@/lib/song/song";
import { useSession } from "../session";
import { strings } from "../strings";
import { gain, length, level, NONE } from "../ui/numbers";
import { onScale, shareToPercent } from "./scale";
import { formatWords, isExcluded, verdictOf } from "./verdict";

const t = strings.songs;
const doesNothing = () => undefined;

/**
 * One song. It reads its own song from the store, so another song's progress does not draw it
 * again. Clicks and keys are the table's to handle (`useTableControl`). The table is laid out by CSS grid, so that rows off the screen cost nothing
 * (`content-visibility` does not work on real table parts); the roles are therefore spelled out.
 */
export const SongRow = memo(function SongRow({
  id,
  index,
  selected,
  tabbable,
}: {
  id: SongId;
  index: number;
  selected: boolean;
  /** Tab reaches the controls of one row; arrows lead to the others. */
  tabbable: boolean;
}) {
  const song = useSession((state) => state.songs.get(id));
  if (song === undefined) return null;
  const { tone, words, brief, aside, hint, progress } = verdictOf(song);
  return (
    <tr
      role="row"
      className="song"
      aria-rowindex={index + 2}
      data-song={id}
      data-tone={tone}
      data-excluded={isExcluded(song) || undefined}
      data-selected={selected || undefined}
    >
      <td role="cell" className="song-select">
        <input
          type="checkbox"
          data-control="select"
          aria-label={t.select(song.name)}
          checked={selected}
          tabIndex={tabbable ? 0 : -1}
          // The table listens: one hand for all rows, and for the keyboard.
          onChange={doesNothing}
        />
      </td>
      <FileCell song={song} />
      <td role="cell" className="number">
        {length(song.duration)}
      </td>
      <td role="cell" className="text-muted truncate">
        {formatWords(song.format) ?? NONE}
      </td>
      <td role="cell" className="number">
        {level(song.source?.integrated)}
      </td>
      <td role="cell" className="number">
        {level(song.source?.truePeak)}
      </td>
      <td role="cell" className="number">
        {level(song.source?.range)}
      </td>
      <GainCell song={song} />
      <td role="cell" className="number song-result">
        {song.result === null ? (
          NONE
        ) : (
          <>
            <strong className="font-semibold">{level(song.result.integrated)}</strong> /{" "}
            {level(song.result.truePeak)}
          </>
        )}
      </td>
      <td role="cell" className="song-status signed">
        <span
          className="song-words"
          title={[words, hint].filter(Boolean).join(" ")}
          data-aside={aside ?? undefined}
        >
          {brief}
        </span>
        <span className="sr-only">
          {words.slice(brief.length)}
          {hint !== null && ` ${hint}`}
        </span>
        <button
          type="button"
          className="song-open"
          data-control="open"
          aria-label={t.details}
          aria-describedby={`song-${id}`}
          tabIndex={tabbable ? 0 : -1}
        />
        {progress !== null && (
          <span
            className="bg-accent absolute inset-x-2 -bottom-px h-0.5 origin-left will-change-transform forced-color-adjust-none"
            style={{ transform: `scaleX(${progress.toFixed(3)})` }}
          />
        )}
      </td>
    </tr>
  );
});

/** The name; the folder beside it is drawn by the style sheet and stands in the title too. */
function FileCell({ song }: { song: Song }) {
  const folder = song.path.slice(0, Math.max(0, song.path.length - song.name.length));
  return (
    <th
      role="rowheader"
      scope="row"
      id={`song-${song.id}`}
      className="song-file"
      title={song.path}
      data-folder={folder === "" ? undefined : folder}
    >
      <span className="overflow-hidden font-medium text-ellipsis">{song.name}</span>
    </th>
  );
}

/** The gain as a number, and as the way from the grey dot (before) to the needle (after). */
function GainCell({ song }: { song: Song }) {
  const done = song.gain !== null;
  const shown = done ? song.gain : song.plannedGain;
  const from = song.source?.integrated;
  const to = song.result?.integrated ?? (shown === null ? undefined : song.planned?.integrated);
  return (
    <td role="cell" className="number song-gain" data-planned={!done || undefined}>
      <span className="in-data-planned:text-muted py-1.25">
        {gain(shown)}
        {!done && shown !== null && <span className="sr-only"> {t.planned}</span>}
      </span>
      <span className="scale" aria-hidden>
        {from !== undefined && Number.isFinite(from) && (
          <span
            className="scale-way in-data-planned:opacity-55"
            style={wayStyle(from, to ?? from)}
          />
        )}
        {to !== undefined && Number.isFinite(to) && (
          <span
            className="bg-accent absolute top-1.5 -ms-[1.5px] h-4.75 w-[3px] in-data-planned:opacity-55"
            style={{ left: shareToPercent(onScale(to)) }}
          />
        )}
      </span>
    </td>
  );
}

function wayStyle(from: number, to: number): CSSProperties {
  const [a, b] = [onScale(from), onScale(to)];
  return {
    left: shareToPercent(Math.min(a, b)),
    width: shareToPercent(Math.abs(a - b)),
    // The dot stands at the end where the song came from.
    ["--dot" as string]: a <= b ? "0%" : "100%",
  };
}
