/** What reading one song cost its worker. */
export interface SongReading {
  readonly bytes: number;
  /** Seconds of waiting for the file, and of the song as a whole. */
  readonly reading: number;
  readonly total: number;
}

/** Songs that are looked at together: one that was slow may be an accident. */
export const SONGS_LOOKED_AT = 4;
/** Reading takes at least this part of the songs' time, or waiting less would change little. */
const LARGE_SHARE = 1 / 3;
/** Bytes a second, per worker. Well below a local disk and above what a slow network gives. */
export const SLOW_BYTES_PER_SECOND = 15e6;

/**
 * Whether songs come from somewhere slow (a network drive, an old stick), judged by the last few.
 * Null where nothing is to be advised; otherwise the number of workers that is. Several that read
 * from one slow place at once wait for each other, and jump about on it.
 */
export function fewerWorkers(songs: readonly SongReading[], workers: number): number | null {
  const last = songs.slice(-SONGS_LOOKED_AT);
  if (workers < 2 || last.length < SONGS_LOOKED_AT) return null;
  const sum = (of: (song: SongReading) => number) => last.reduce((all, song) => all + of(song), 0);
  const reading = sum((song) => song.reading);
  const isLarge = reading >= LARGE_SHARE * sum((song) => song.total);
  const isSlow = sum((song) => song.bytes) < SLOW_BYTES_PER_SECOND * reading;
  return isLarge && isSlow ? Math.floor(workers / 2) : null;
}

/** Listens to a batch's songs and advises at most once; `advise` gives false where it was not said. */
export function slowSourceAdviser(
  workers: () => number,
  advise: (fewer: number) => boolean,
): (song: SongReading) => void {
  const songs: SongReading[] = [];
  let said = false;
  return (song) => {
    if (said) return;
    songs.push(song);
    const fewer = fewerWorkers(songs, workers());
    said = fewer !== null && advise(fewer);
  };
}
