"use client";

import type { SessionState } from "@/lib/session/session-state";
import { albumsOf, type SongAlbum } from "@/lib/song/album";
import { useSession, useThrottledSession, whileRunning } from "../session";
import { strings } from "../strings";
import { steady } from "../throttled";
import { count, gain, level } from "../ui/numbers";

const t = strings.albums;
const onceASecond = whileRunning(1000);
const albumsIn = steady(
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
      <div className="albums-scroller" role="region" aria-label={t.heading} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {Object.entries(t.columns).map(([column, text]) => (
                <th key={column} scope="col" className={isNumber(column) ? "number" : undefined}>
                  {text}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {albums.map((album) => (
              <tr key={album.key}>
                <th scope="row">{albumName(album)}</th>
                <td>{t.formedBy[album.formedBy]}</td>
                <td className="number">{count(album.songs)}</td>
                <td className="number">{level(album.source)}</td>
                <td className="number">{gain(album.gain)}</td>
                <td className="number" data-held={album.heldBack || undefined}>
                  {level(album.planned)}
                  {album.heldBack && <span className="albums-held"> {t.heldBack}</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="albums-note">{t.aligned[by]}</p>
    </details>
  );
}

const isNumber = (column: string): boolean => column !== "name" && column !== "formedBy";
