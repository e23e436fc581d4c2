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
    <details className="albums">
      <summary>
        {t.heading} <span className="albums-amount">{count(albums.length)}</span>
      </summary>
      <ul className="albums-list" tabIndex={0} aria-label={t.heading}>
        {albums.map((album) => (
          <li key={album.key} data-held={album.heldBack || undefined}>
            <strong>{albumName(album)}</strong>{" "}
            <span className="albums-facts">{t.facts(t.formedBy[album.formedBy], album.songs)}</span>{" "}
            <span className="albums-levels">
              {t.levels(level(album.source), gain(album.gain), level(album.planned))}
              {album.heldBack && `, ${t.heldBack}`}
            </span>
          </li>
        ))}
      </ul>
      <p className="albums-note">{t.aligned[by]}</p>
    </details>
  );
}
