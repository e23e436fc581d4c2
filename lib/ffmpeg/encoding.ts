import type { DeliveredKind, SavedAs } from "@/lib/song/notes";
import type { LayoutChange } from "./layouts";
import type { EncoderResponse } from "@/lib/loudness/encoder-response";

/** How a song is encoded: where it goes and the encoder's arguments. */
export interface Encoding {
  readonly kind: DeliveredKind;
  /** Extension of the delivered file, without the dot. */
  readonly extension: string;
  /** ffmpeg's muxer. */
  readonly muxer: string;
  /** Codec, rate, sample format and so on: everything between input and output file. */
  readonly args: readonly string[];
  /** Of the delivered file. */
  readonly channels: number;
  /** Null where the encoder takes the source's channels as they are. */
  readonly layout: LayoutChange | null;
  readonly sampleRate: number;
  /** Stored as 16-bit integers: dither when the samples were changed. */
  readonly dither16: boolean;
  /** Bits of its samples as integers; null of lossy kinds and floats. */
  readonly depth: number | null;
  readonly response: EncoderResponse;
  /** Set when the delivered kind is not the source's although "same" was asked for. */
  readonly savedAs: SavedAs | null;
}

/** What the probe calls each kind's container. */
export const containers: Record<DeliveredKind, string> = {
  mp3: "mp3",
  flac: "flac",
  wav: "wav",
  aiff: "aiff",
  m4a: "m4a",
  alac: "m4a",
  ogg: "ogg",
  oggflac: "ogg",
  opus: "opus",
  wma: "wma",
  wavpack: "wavpack",
  tta: "tta",
  caf: "caf",
  w64: "w64",
};
