import type { Probe } from "@/lib/ffmpeg/probe";
import type { Lu } from "@/lib/loudness/units";
import type { Measured, PhaseSeconds, Refused } from "@/lib/song/outcome";
import type { SkipReason } from "@/lib/song/refusals";
import type { SongPhase, SongTask } from "@/lib/song/task";
import type { Scratch } from "@/lib/storage/scratch";
import { refusalOf } from "./refusals";
import type { SongTools } from "./song-tools";

/**
 * Runs `work` on a song. Expected failures become its outcome, with what was found out before; any
 * other rejects. Scratches that were not released are freed either way.
 */
export async function runSong<T>(
  task: SongTask,
  tools: SongTools,
  work: (run: SongRun) => Promise<T>,
): Promise<T | Refused> {
  const run = new SongRun(task, tools);
  try {
    return await work(run);
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    const { probe, measured } = run;
    return { kind: "refused", ...refusal, format: probe?.format ?? null, measured };
  } finally {
    run.end();
  }
}

/** What one run of a song's path keeps: time spent, scratches, what was found out so far. */
export class SongRun {
  readonly task: SongTask;
  readonly tools: SongTools;
  probe: Probe | null = null;
  measured: Measured | null = null;
  /** False: samples and encoded sound may take more room than the header lets expect. */
  sizesAreKnown = true;
  readonly #spent: Record<SongPhase, number> = { measuring: 0, rendering: 0, verifying: 0 };
  readonly #started: number;
  readonly #scratches = new Set<Scratch>();

  constructor(task: SongTask, tools: SongTools) {
    this.task = task;
    this.tools = tools;
    // What was read of the file before belongs to the song's time.
    this.#started = tools.now() - tools.secondsReading();
  }

  /** Of the source file, without the dot, in lower case. */
  get extension(): string {
    return /[^.]*$/.exec(this.task.file.name.toLowerCase())![0];
  }

  /** Room that is freed when the run ends, unless it is released before. */
  async scratch(bytes: number | null): Promise<Scratch> {
    const scratch = await this.tools.createScratch(this.sizesAreKnown ? bytes : null);
    this.#scratches.add(scratch);
    return scratch;
  }

  discard(scratch: Scratch): void {
    if (this.#scratches.delete(scratch)) scratch.dispose();
  }

  /** The scratch outlives the run: its bytes are delivered. */
  release(scratch: Scratch): void {
    this.#scratches.delete(scratch);
  }

  end(): void {
    for (const scratch of this.#scratches) scratch.dispose();
    this.#scratches.clear();
  }

  skipped(reason: SkipReason, measured: Measured, missedBy: Lu | null = null) {
    return { kind: "skipped", reason, missedBy, measured, seconds: this.seconds } as const;
  }

  report(phase: SongPhase, fraction: number): void {
    this.tools.onProgress(phase, Math.min(1, fraction), this.probe?.duration ?? null);
  }

  timed<T>(phase: SongPhase, work: () => T): T {
    const started = this.tools.now();
    try {
      return work();
    } finally {
      this.#spent[phase] += this.tools.now() - started;
    }
  }

  get seconds(): PhaseSeconds {
    const { measuring, rendering, verifying } = this.#spent;
    const total = this.tools.now() - this.#started;
    const reading = this.tools.secondsReading();
    return { measure: measuring, render: rendering, verify: verifying, total, reading };
  }
}
