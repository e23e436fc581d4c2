import type { WorkerHandle } from "@/lib/pool/worker-handle";
import type { SongCalls, SongProgress } from "@/lib/song/task";

/** A worker of the pool that is asked about songs. */
export type SongWorkerHandle = WorkerHandle<SongCalls, SongProgress>;

/** Seconds without any sign of life: a floor, and a share of the song's length on top of it. */
const LEAST_PATIENCE = 25;
const PATIENCE_PER_SECOND = 0.05;
/** Seconds that a song is taken to last before its length is known. */
const TYPICAL_DURATION = 600;

/** How long a worker may be silent, in seconds, by what it told last. */
export const patienceFor = (progress: Pick<SongProgress, "duration"> | null): number =>
  LEAST_PATIENCE + PATIENCE_PER_SECOND * (progress?.duration ?? TYPICAL_DURATION);
