"use client";

import { useId, useMemo } from "react";
import type { SongAlbum } from "@/lib/song/album";
import type { BlindListening } from "@/lib/song/blind-listening";
import type { Song, SongId } from "@/lib/song/song";
import { Listen } from "../listen/listen";
import { useSession } from "../session";
import { strings } from "../strings";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { bytes, chance, gain, length, level, took } from "../ui/numbers";

import { albumName } from "./albums";
import { SongChoices } from "./song-choices";
import { verdictOf } from "./verdict";

const t = strings.detail;
const TERM = "text-xs text-muted";
const LEVEL = "text-[0.9375rem] whitespace-nowrap";

/** Everything that is known of one song. */
export function SongDetail({ id, onClose }: { id: SongId; onClose: () => void }) {
  const heading = useId();
  const song = useSession((state) => state.songs.get(id));
  const ids = useMemo(() => [id], [id]);
  if (song === undefined) return null;
  const verdict = verdictOf(song);
  return (
    <Dialog labelledBy={heading} className="w-[min(52rem,calc(100vw-2rem))]" onClose={onClose}>
      <div className="dialog-head">
        <h2 id={heading}>{song.name}</h2>
        <Button look="quiet" onClick={onClose}>
          {t.close}
        </Button>
      </div>
      <p
        className="signed data-[tone=good]:text-accent flex gap-1.5 text-(--words-color)"
        data-tone={verdict.tone}
      >
        {verdict.words} {verdict.hint}
      </p>
      <Listen key={`${song.status} ${song.output}`} song={song} />
      <div
        className="flex flex-wrap items-center gap-x-4 gap-y-2"
        role="group"
        aria-label={strings.songs.choice.heading}
      >
        <SongChoices ids={ids} />
      </div>
      {(song.source ?? song.result) && <Levels song={song} />}
      <Facts song={song} />
    </Dialog>
  );
}

function Levels({ song }: { song: Song }) {
  const { source, result } = song;
  const change = song.gain ?? song.plannedGain;
  const rows = [
    { name: t.integrated, unit: "LUFS", before: source?.integrated, after: result?.integrated },
    { name: t.truePeak, unit: "dBTP", before: source?.truePeak, after: result?.truePeak },
    { name: t.range, unit: "LU", before: source?.range, after: result?.range },
    { name: t.momentary, unit: "LUFS", before: source?.momentaryMax, after: result?.momentaryMax },
  ];
  return (
    <dl className="border-line grid grid-cols-[repeat(auto-fill,minmax(8.75rem,1fr))] gap-x-4 gap-y-3 border-y py-3 md:grid-cols-[repeat(5,auto)] md:justify-between">
      {rows.map((row) => (
        <div key={row.name}>
          <dt className={TERM}>{row.name}</dt>
          <dd className={LEVEL}>
            <span className="text-muted">
              <span className="sr-only">{t.before} </span>
              {level(row.before)}
            </span>
            <span aria-hidden> → </span>
            <span className="font-semibold">
              <span className="sr-only">{t.after} </span>
              {level(row.after)}
            </span>{" "}
            <span className="unit">{row.unit}</span>
          </dd>
        </div>
      ))}
      <div>
        <dt className={TERM}>{strings.songs.columns.gain}</dt>
        <dd className={LEVEL}>
          {gain(change)} <span className="unit">dB</span>
        </dd>
      </div>
    </dl>
  );
}

const albumWords = (album: SongAlbum): string =>
  strings.albums.inDetail(
    albumName(album),
    strings.albums.formedBy[album.formedBy],
    album.songs,
    gain(album.gain),
  );

function blindWords({ a, b, trials, correct, chance: p }: BlindListening): string {
  const { inDetail, versions } = strings.blind;
  return inDetail(correct, trials, chance(p), versions[a], versions[b]);
}

function Facts({ song }: { song: Song }) {
  const { album, format, seconds } = song;
  const facts: readonly (readonly [string, string | null])[] = [
    [t.file, song.hiddenPath ?? song.path],
    [t.album, album && albumWords(album)],
    [t.size, bytes(song.size)],
    [strings.songs.columns.length, song.duration === null ? null : length(song.duration)],
    [t.codec, format === null ? null : `${format.codec} (${format.container})`],
    [t.sampleRate, format === null ? null : `${format.sampleRate.toLocaleString("en")} Hz`],
    [t.channels, format === null ? null : (format.channelLayout ?? String(format.channels))],
    [t.bitRate, format?.bitRate ? `${Math.round(format.bitRate / 1000)} kb/s` : null],
    [t.bitDepth, format?.bitDepth ? `${format.bitDepth} bit` : null],
    [t.written, song.output],
    [t.blind, song.listening ? blindWords(song.listening) : null],
    [t.engine, song.detail],
    [
      t.time,
      seconds === null
        ? null
        : `${took(seconds.total)}: ${t.timeParts(took(seconds.measure), took(seconds.render), took(seconds.verify))}`,
    ],
  ];
  return (
    <dl className="grid grid-cols-[repeat(auto-fit,minmax(min(14rem,100%),1fr))] gap-x-4 gap-y-2">
      {facts.map(([name, value]) =>
        value === null ? null : (
          <div key={name}>
            <dt className={TERM}>{name}</dt>
            <dd className="wrap-anywhere">{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
