import type { Probe } from "@/lib/ffmpeg/probe";
import type { PhaseSeconds } from "@/lib/song/outcome";
import type { SongPhase } from "@/lib/song/task";
import type { Scratch } from "@/lib/storage/scratch";
import type { SongTools } from "./song-tools";

/** What one song's way through a worker keeps along the way: time spent, progress, scratches. */
export class SongRun {
  readonly tools: SongTools;
  /** Once it is known. */
  probe: Probe | null = null;
  readonly #spent: Record<SongPhase, number> = { measuring: 0, rendering: 0, verifying: 0 };
  readonly #started: number;
  readonly #scratches = new Set<Scratch>();

  constructor(tools: SongTools) {
    this.tools = tools;
    // What was read of the file before belongs to the song's time.
    this.#started = tools.now() - tools.secondsReading();
  }

  /** Room that is freed when the song's way ends, unless it is released before. */
  async scratch(bytes: number | null): Promise<Scratch> {
    const scratch = await this.tools.createScratch(bytes);
    this.#scratches.add(scratch);
    return scratch;
  }

  discard(scratch: Scratch): void {
    if (this.#scratches.delete(scratch)) scratch.dispose();
  }

  /** The scratch outlives the song's way: its bytes are delivered. */
  release(scratch: Scratch): void {
    this.#scratches.delete(scratch);
  }

  end(): void {
    for (const scratch of this.#scratches) scratch.dispose();
    this.#scratches.clear();
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
