import type { RefusalReason } from "@/lib/song/refusals";
import type { Ffmpeg } from "@/lib/ffmpeg/instance";
import type { Kernel } from "@/lib/kernel";
import type { Seconds } from "@/lib/loudness/units";
import type { ByteSource } from "@/lib/formats/bytes";
import type { SongPhase } from "@/lib/song/task";
import type { Scratch } from "@/lib/storage/scratch";

/** What a song's path stands on; the worker and the tests each provide theirs. */
export interface SongTools {
  /** A fresh ffmpeg, for this song alone. */
  createFfmpeg(): Promise<Ffmpeg>;
  /** Until what the page has sent is read: memory of the song before may have come back. */
  messagesRead(): Promise<void>;
  readonly kernel: Kernel;
  readonly source: ByteSource;
  /** Seconds that the song's way has waited for the source's bytes so far. */
  secondsReading(): number;
  /** Room for about `bytes` (null: unknown) of PCM or encoded audio. */
  createScratch(bytes: number | null): Promise<Scratch>;
  onProgress(phase: SongPhase, fraction: number, duration: Seconds | null): void;
  /** Seconds on any steady clock. */
  now(): number;
}

/** Ends a song's path with a reason; caught at the border of the song, in `song-path.ts`. */
export class SongRefusal extends Error {
  readonly reason: RefusalReason;
  readonly detail: string;
  override name = "SongRefusal";

  constructor(reason: RefusalReason, detail: string) {
    super(`${reason}: ${detail}`);
    this.reason = reason;
    this.detail = detail;
  }
}
