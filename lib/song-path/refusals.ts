import { InvalidSampleError } from "@/lib/kernel";
import type { Refused } from "@/lib/song/outcome";
import type { RefusalReason } from "@/lib/song/refusals";
import { FileReadError } from "@/lib/storage/file-read-error";
import { ScratchBudgetExceeded, ScratchDiskFull } from "@/lib/storage/scratch";

/** Ends a song's path with a reason. */
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

/** The refusal that an expected failure is; null for all others, which count as a crash. */
export function refusalOf(error: unknown): Pick<Refused, "reason" | "detail"> | null {
  if (error instanceof SongRefusal) return { reason: error.reason, detail: error.detail };
  const reason = reasonOf(error);
  return reason && { reason, detail: (error as Error).message };
}

function reasonOf(error: unknown): RefusalReason | null {
  if (error instanceof InvalidSampleError) return "invalid-samples";
  if (error instanceof FileReadError) return `file-${error.reason}`;
  if (error instanceof ScratchBudgetExceeded) return "out-of-memory";
  if (error instanceof ScratchDiskFull) return "no-working-room";
  // V8's words when a buffer cannot be had; an instance that ran into it is a crash instead.
  if (error instanceof RangeError && /allocation failed|out of memory/i.test(error.message)) {
    return "out-of-memory";
  }
  return null;
}
