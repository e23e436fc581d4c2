/** Channel layouts, by ffmpeg's names, and which of them each kind of file can name. */
import type { DeliveredKind } from "@/lib/song/notes";

const aac = ["2.1", "3.0", "3.0(back)", "4.0", "quad", "quad(side)", "5.0", "5.1", "6.0(front)"];
/** Vorbis I §4.3.9, which Opus follows (RFC 7845 §5.1.1.2). */
const vorbis = ["3.0", "quad", "5.0", "5.1", "6.1", "7.1"];

/**
 * Beyond mono and stereo, what native decoders name as it was encoded; each tried with ffmpeg 5.1.
 * Kinds that are not here name all.
 */
const named: Partial<Record<DeliveredKind, readonly string[]>> = {
  mp3: [],
  wma: [],
  m4a: [...aac, "7.1"],
  alac: ["3.0", "4.0", "5.0", "5.1", "6.1(back)", "7.1(wide)"],
  ogg: vorbis,
  opus: vorbis,
};

/** The same channels in the same order, with speakers beside called speakers behind. */
const renamed: Readonly<Record<string, string>> = {
  "quad(side)": "quad",
  "5.0(side)": "5.0",
  "5.1(side)": "5.1",
  "7.1(wide-side)": "7.1(wide)",
};

/** What has room for every channel, in the order of preference. */
const roomier: Readonly<Record<string, readonly string[]>> = {
  "2.1": ["5.1"],
  "3.0(back)": ["5.0"],
  "4.0": ["5.0"],
  quad: ["5.0"],
  "3.1": ["5.1"],
  "4.1": ["5.1"],
};

const channelsOf: Readonly<Record<string, number>> = {
  stereo: 2,
  ...{ "2.1": 3, "3.0": 3, "3.0(back)": 3 },
  ...{ "3.1": 4, "4.0": 4, quad: 4, "quad(side)": 4 },
  ...{ "4.1": 5, "5.0": 5, "5.0(side)": 5 },
  ...{ "5.1": 6, "5.1(side)": 6, "6.0": 6, "6.0(front)": 6, hexagonal: 6 },
  ...{ "6.1": 7, "6.1(back)": 7, "6.1(front)": 7, "7.0": 7, "7.0(front)": 7 },
  ...{ "7.1": 8, "7.1(wide)": 8, "7.1(wide-side)": 8, octagonal: 8 },
};

/** How channels are delivered that the kind cannot name as they are. */
export interface LayoutChange {
  /** ffmpeg's name of the source's layout; the number of channels where it has none. */
  readonly from: string;
  readonly to: string;
  readonly channels: number;
  /** Called by other names, or mixed into other channels. */
  readonly by: "name" | "mix";
}

/** Null where the channels stay what they are. */
export function layoutChange(
  kind: DeliveredKind,
  channels: number,
  layout: string | null,
): LayoutChange | null {
  const names = named[kind];
  if (names === undefined || channels <= 2) return null;
  const from = layout ?? `${channels} channels`;
  // Beyond stereo, what has no name that is known is left to the encoder.
  const isKnown = channelsOf[from] === channels;
  if (names.includes(from) || (names.length > 0 && !isKnown)) return null;
  const other = renamed[from];
  if (other !== undefined && names.includes(other))
    return { from, to: other, channels, by: "name" };
  const candidates = [...(roomier[renamed[from] ?? from] ?? []), "7.1", "7.1(wide)", "5.1"];
  const to = candidates.find((each) => names.includes(each)) ?? "stereo";
  return { from, to, channels: channelsOf[to]!, by: "mix" };
}
