import type { Target } from "@/lib/loudness/plan";
import type { EncodingWay, Settings } from "@/lib/settings/settings";
import type { Seconds } from "@/lib/loudness/units";
import type { AlbumShare } from "./album";
import type { LevelOutcome, ListenOutcome, Measured, MeasureOutcome } from "./outcome";

export type SongPhase = "measuring" | "rendering" | "verifying";

export interface SongTask {
  readonly file: File;
  /** Count a mono song as two equal channels. */
  readonly dualMono: boolean;
}

export interface LevelTask extends SongTask, EncodingWay {
  readonly target: Target;
  /** Measure what was encoded and correct it. */
  readonly verify: boolean;
  /** The most encodes. */
  readonly maxPasses: number;
  readonly reencoding: Settings["reencoding"];
  /** The result will take the original's place: refuse what would lose something of it. */
  readonly replacesOriginal: boolean;
  /**
   * `write`: tags that fit the leveled audio; those of the source are removed either way. `only`: the
   * sound stays as it is, and tags that fit it are written.
   */
  readonly loudnessTags: Settings["loudnessTags"];
  /** A measurement that is already known saves the decision, not the decoding. */
  readonly known: Measured | null;
  /** What the plan of its album asks of it; null = it is leveled by itself. */
  readonly album: AlbumShare | null;
}

export interface ListenTask extends SongTask {
  /** The stretch, in seconds of the song; null = to its end. */
  readonly from: number;
  readonly length: number | null;
  /** Hz that the samples shall have; null = as the song has them, within what browsers play. */
  readonly sampleRate: number | null;
}

/** What a worker can be asked to do with a song. Every call ends in an outcome. */
export interface SongCalls {
  measure(task: SongTask): Promise<MeasureOutcome>;
  level(task: LevelTask): Promise<LevelOutcome>;
  /** Takes back a lossless gain: an MP3's audio gets the very bytes that it had. */
  undo(task: SongTask): Promise<LevelOutcome>;
  /** Decodes a stretch of a song for a person's ears. */
  listen(task: ListenTask): Promise<ListenOutcome>;
}

/** What a worker tells of a song while it works on it. */
export interface SongProgress {
  readonly phase: SongPhase;
  /** 0…1, monotone within a phase of one pass. */
  readonly fraction: number;
  /** Declared length of the song, once it is known. */
  readonly duration: Seconds | null;
}
