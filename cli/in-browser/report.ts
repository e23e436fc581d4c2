/** The saved report (`levelup-report/1`) as others read it: a promise, so not the page's type. */
export interface Report {
  readonly schema: "levelup-report/1";
  readonly app: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly workers: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly target: {
    /** LUFS that all songs can be brought to; null where nothing can be said. */
    readonly reachable: number | null;
    /** Songs that their peaks keep under the target. */
    readonly heldBack: number;
    readonly sourceSpreadLu: number | null;
    readonly plannedSpreadLu: number | null;
    /** The plan would leave the songs further apart than they are. */
    readonly widens: boolean;
  };
  readonly files: readonly ReportedFile[];
  /** Files and folders that could not be seen, or were not taken for songs. */
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
  /** Covers, cue sheets, lyrics files and playlists that lie beside the songs. */
  readonly beside: readonly ReportedBeside[];
}

interface ReportedBeside {
  readonly path: string;
  readonly kind: "cover" | "cue-sheet" | "lyrics" | "playlist";
  readonly status: "copied" | "unchanged" | "failed";
  readonly output: string | null;
  /** How many names of songs in it are others than before. */
  readonly names: number;
  readonly reason: string | null;
}

export interface ReportedFile {
  readonly path: string;
  /** Another than `path` where a browser hides files of that name. */
  readonly pathOnDisk: string;
  readonly status: "leveled" | "tagged" | "measured" | "skipped" | "failed" | "cancelled";
  /** A machine-readable code. */
  readonly reason: string | null;
  readonly message: string | null;
  readonly durationSeconds: number | null;
  readonly format: {
    readonly container: string;
    readonly codec: string;
    readonly sampleRate: number;
    readonly channels: number;
    readonly bitRate: number | null;
    readonly bitDepth: number | null;
  } | null;
  readonly source: ReportedLoudness | null;
  readonly planned: {
    readonly integratedLufs: number | null;
    readonly truePeakDbtp: number | null;
    readonly gainDb: number | null;
    readonly limitedDb: number | null;
    readonly heldBack: boolean;
    readonly route: "encode" | "lossless" | "none";
    /** A machine-readable code, and the same in words; null where it goes without saying. */
    readonly routeReason: string | null;
    readonly routeText: string | null;
  } | null;
  readonly gainDb: number | null;
  readonly limitedDb: number | null;
  readonly route: "encode" | "lossless" | "tags" | "none";
  readonly routeReason: string | null;
  readonly routeText: string | null;
  readonly encodingCost: string | null;
  /** What was written where only tags were. */
  readonly loudnessTags: {
    readonly referenceLufs: number;
    readonly track: ReportedTags;
    readonly album: ReportedTags | null;
  } | null;
  /** The person left it out. */
  readonly excluded: boolean;
  /** dB that its own target lies above that of the batch. */
  readonly nudgeDb: number;
  /** Its own way with peaks; null = as the batch. */
  readonly whenPeaksTooHigh: string | null;
  /** The last blind test of it. */
  readonly listening: {
    readonly a: string;
    readonly b: string;
    readonly trials: number;
    readonly correct: number;
    readonly pValue: number;
  } | null;
  readonly passes: number;
  readonly result: ReportedLoudness | null;
  readonly output: string | null;
  readonly seconds: {
    readonly measure: number;
    readonly render: number;
    readonly verify: number;
    readonly total: number;
  } | null;
  readonly worker: number | null;
}

interface ReportedTags {
  readonly gainDb: number | null;
  readonly truePeakDbtp: number | null;
}

interface ReportedLoudness {
  readonly integratedLufs: number | null;
  readonly loudnessRangeLu: number;
  readonly truePeakDbtp: number | null;
}
