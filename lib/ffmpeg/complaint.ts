/** What a line of ffmpeg's log says against the file that is being decoded. */
export type Complaint =
  /** A packet that its decoder refused. */
  | { readonly kind: "undecoded" }
  /** Bytes that the reader of its container can make nothing of, up to some seconds ahead. */
  | { readonly kind: "unread" }
  /** Decoded, but not to what a checksum says; `at` in samples, where ffmpeg tells. */
  | { readonly kind: "checksum"; readonly at: number | null }
  /** The engine lacks what the file needs, or takes what it reads for something that it lacks. */
  | { readonly kind: "lacking" };

const lacking = /not (yet )?implemented|patches welcome|Decoder \(codec \S+\) not found/i;

/** Of packets that were lost; what else decoders complain of they repair. */
const undecoded = /^Error while decoding stream #/;

const unread = [
  /: corrupt input packet in stream/,
  // Given up: the input as a whole, or an element in it.
  /^\/\S+: (I\/O error|Invalid data found when processing input)/,
  /^\[ogg @ \w+\] CRC mismatch/,
  /^\[matroska\S* @ \w+\] (File ended prematurely|0x\w+ at pos \d+ .*invalid|Length \d+ indicated)/,
  /^\[asf @ \w+\] packet_obj_size -?\d+ invalid/,
];

/** A frame of FLAC or True Audio that was decoded all the same. */
const checksum = /^\[(?:flac|tta) @ \w+\] CRC error(?: at PTS (\d+))?/;

/** Null for lines that say nothing against the file. */
export function readComplaint(line: string): Complaint | null {
  if (undecoded.test(line)) return { kind: "undecoded" };
  if (unread.some((each) => each.test(line))) return { kind: "unread" };
  if (lacking.test(line)) return { kind: "lacking" };
  const frame = checksum.exec(line);
  return frame && { kind: "checksum", at: frame[1] === undefined ? null : Number(frame[1]) };
}
