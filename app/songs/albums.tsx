"use client";

import type { SessionState } from "@/lib/session/session-state";
import { albumsOf, type SongAlbum } from "@/lib/song/album";
import { useSession, useThrottledSession, whileRunning } from "../session";
import { strings } from "../strings";
import { steady } from "../throttled";
import { count, gain, level } from "../ui/numbers";

const t = strings.albums;
const onceASecond = whileRunning(1000);
export const albumsIn = steady(
  ({ songs }: SessionState) => albumsOf(songs.values()),
  (a, b) => a.length === b.length && a.every((album, i) => album === b[i]),
);

export const albumName = ({ name }: SongAlbum): string => (name === "" ? t.loose : name);

/** What forms the albums that songs are leveled by, with their gains. */
export function Albums() {
  const albums = useThrottledSession(albumsIn, onceASecond);
  const by = useSession((state) => state.settings.albumsBy);
  if (albums.length === 0) return null;
  return (
    <details>
      <summary className="w-fit font-medium">
        {t.heading} <span className="text-muted font-normal">{count(albums.length)}</span>
      </summary>
      <ul
        className="divide-line-soft border-line bg-surface my-1.5 max-h-64 divide-y overflow-auto rounded border text-[0.8125rem]"
        tabIndex={0}
        aria-label={t.heading}
      >
        {albums.map((album) => (
          <li key={album.key} className="flex flex-wrap gap-x-3 px-2.5 py-1.25">
            <strong className="font-medium wrap-anywhere">{albumName(album)}</strong>{" "}
            <span className="text-muted">{t.facts(t.formedBy[album.formedBy], album.songs)}</span>{" "}
            <span className={`ms-auto ${album.heldBack ? "text-amber" : ""}`}>
              {t.levels(level(album.source), gain(album.gain), level(album.planned))}
              {album.heldBack && `, ${t.heldBack}`}
            </span>
          </li>
        ))}
      </ul>
      <p className="text-muted text-xs">{t.aligned[by]}</p>
    </details>
  );
}
