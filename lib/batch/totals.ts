import type { Song, SongId, SongStatus } from "@/lib/song/song";

const ENDED: ReadonlySet<SongStatus> = new Set([
  "leveled",
  "tagged",
  "measured",
  "skipped",
  "failed",
  "cancelled",
]);

export const hasEnded = (song: Song): boolean => ENDED.has(song.status);

/** Whether a batch has nothing left to do for a song: one that was measured may still be leveled. */
export const isDone = (song: Song, measuring: boolean): boolean =>
  hasEnded(song) && (measuring || song.status !== "measured");

/** Every figure that the page shows of a batch. */
export interface Totals {
  /** In the list, but for those that are left out. */
  readonly songs: number;
  /** Songs of the present batch and where they ended. */
  readonly inBatch: number;
  readonly completed: number;
  readonly leveled: number;
  /** Whose loudness tags were written, and nothing else. */
  readonly tagged: number;
  readonly measured: number;
  readonly skipped: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Seconds of audio: of the whole batch (known lengths, estimated for the rest) and done. */
  readonly audioSeconds: number;
  readonly audioSecondsDone: number;
  /** Wall-clock seconds since the batch started, pauses left out. */
  readonly elapsedSeconds: number;
  /** Seconds of audio per second; null until it can be known, and while nothing is worked on. */
  readonly speed: number | null;
  /** null until at least three songs (or all but one of fewer) ended. */
  readonly secondsLeft: number | null;
  /** Once nothing but swaps is left: how long the last of them waits for its bytes, in seconds. */
  readonly secondsToWrite: number | null;
}

/** Seconds that swaps wait for their bytes to get to the disk, and that the last of them still does. */
export interface SwapsWaiting {
  /** 0 where none has waited yet. */
  readonly age: number;
  /** Null while there is more to do than to wait. */
  readonly left: number | null;
}

/** Shares of a song's work by phase, from measured runs: decoding and metering are quick. */
const beforePhase: Partial<Record<SongStatus, number>> = {
  measuring: 0,
  rendering: 0.2,
  verifying: 0.85,
  // The last hundredth is being in place: nothing is all done before.
  saving: 0.99,
  written: 0.99,
};
const shareOfPhase: Partial<Record<SongStatus, number>> = {
  measuring: 0.2,
  rendering: 0.65,
  verifying: 0.14,
};
/** Bits per second assumed of a song before any is known. */
const TYPICAL_RATE = 256_000;
/** Below this the speed of a batch says nothing yet. */
const LEAST_ENDED = 3;

interface BatchClock {
  readonly ids: readonly SongId[];
  /** Seconds since the start, pauses left out. */
  readonly elapsed: number;
  /** In a measuring batch a measured song is done. */
  readonly measuring: boolean;
  readonly swaps: SwapsWaiting;
}

export function totalsOf(songs: ReadonlyMap<SongId, Song>, batch: BatchClock): Totals {
  const rows = batch.ids.flatMap((id) => songs.get(id) ?? []);
  const count = (status: SongStatus) => rows.filter((song) => song.status === status).length;
  const ended = rows.filter((song) => isDone(song, batch.measuring));
  const secondsPerByte = meanSecondsPerByte(rows);
  const lengthOf = (song: Song) => song.duration ?? song.size * secondsPerByte;

  let audioSeconds = 0;
  let audioSecondsDone = 0;
  for (const song of rows) {
    const length = lengthOf(song);
    audioSeconds += length;
    audioSecondsDone += length * fractionDone(song, batch.measuring);
  }
  const worked = rows.filter((song) => song.status !== "failed" && song.status !== "cancelled");
  const doneByWork = worked.reduce(
    (sum, song) => sum + lengthOf(song) * fractionDone(song, batch.measuring),
    0,
  );
  const speed = batch.elapsed > 0.5 && doneByWork > 0 ? doneByWork / batch.elapsed : null;
  const workLeft = speed === null ? null : (audioSeconds - audioSecondsDone) / speed;
  const known = ended.length >= Math.min(LEAST_ENDED, rows.length - 1);
  return {
    songs: Array.from(songs.values()).filter(({ choice }) => !choice.excluded).length,
    inBatch: rows.length,
    completed: ended.length,
    leveled: count("leveled"),
    tagged: count("tagged"),
    measured: count("measured"),
    skipped: count("skipped"),
    failed: count("failed"),
    cancelled: count("cancelled"),
    audioSeconds,
    audioSecondsDone,
    elapsedSeconds: batch.elapsed,
    speed: batch.swaps.left === null ? speed : null,
    // The last song of all waits for its swap when everything else is done.
    secondsLeft:
      batch.swaps.left ?? (known && workLeft !== null ? workLeft + batch.swaps.age : null),
    secondsToWrite: batch.swaps.left,
  };
}

function fractionDone(song: Song, measuring: boolean): number {
  if (song.status === "measured") return measuring ? 1 : beforePhase.rendering!;
  if (hasEnded(song)) return 1;
  if (measuring) return song.status === "measuring" ? song.progress : 0;
  const before = beforePhase[song.status] ?? 0;
  return before + (shareOfPhase[song.status] ?? 0) * song.progress;
}

function meanSecondsPerByte(rows: readonly Song[]): number {
  let audio = 0;
  let bytes = 0;
  for (const { duration, size } of rows) {
    if (duration === null) continue;
    audio += duration;
    bytes += size;
  }
  return bytes > 0 ? audio / bytes : 8 / TYPICAL_RATE;
}
