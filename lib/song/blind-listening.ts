/** What a person compared: `encoded` and `lossless` are the two ways that a lossy song can go. */
export type ListenedVersion = "source" | "leveled" | "encoded" | "lossless";

/** How a blind test of two versions of a song ended. */
export interface BlindListening {
  readonly a: ListenedVersion;
  readonly b: ListenedVersion;
  readonly trials: number;
  readonly correct: number;
  /** How probable so many right answers, or more, are for someone who hears no difference. */
  readonly chance: number;
}
