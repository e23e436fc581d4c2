import type { Ffmpeg } from "@/lib/ffmpeg/instance";
import type { ByteSource } from "@/lib/formats";
import type { Kernel } from "@/lib/kernel";
import type { Seconds } from "@/lib/loudness/units";
import type { SongPhase } from "@/lib/song/task";
import type { Scratch } from "@/lib/storage/scratch";

/** What a song's path stands on: all that depends on the platform is handed in with it. */
export interface SongTools {
  /** ffmpeg as new, for this song alone. */
  createFfmpeg(): Promise<Ffmpeg>;
  readonly kernel: Kernel;
  readonly source: ByteSource;
  /** Seconds that the path has waited for the source's bytes so far. */
  secondsReading(): number;
  /** Room for about `bytes` (null: unknown, so any number) of PCM or encoded audio. */
  createScratch(bytes: number | null): Promise<Scratch>;
  onProgress(phase: SongPhase, fraction: number, duration: Seconds | null): void;
  /** Lets waiting events be handled: with them memory of earlier songs may come back. */
  yieldToEvents(): Promise<void>;
  /** Seconds on any steady clock. */
  now(): number;
}
