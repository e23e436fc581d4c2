import type { EncodingWay, OutputFormat } from "@/lib/settings/settings";
import type { SourceFormat } from "./source-format";

/** What another encoding at the same rate costs the ear. */
export interface EncodingCost {
  readonly audible: Audibility;
  /** Lower rates than were measured cost more. */
  readonly atLeast: boolean;
}

export type Audibility = "inaudible" | "hardly" | "slightly" | "clearly";

/**
 * Objective difference grades from which a cost is called that. The grades are those of ITU-R BS.1387
 * (PEAQ): 0 is no difference, -1 one that is perceptible but not annoying, -2 slightly annoying.
 * Differences under about 0.1 are within what the model tells apart.
 */
const least: readonly (readonly [Audibility, grade: number])[] = [
  ["inaudible", -0.1],
  ["hardly", -0.5],
  ["slightly", -1],
];

interface Measured {
  readonly kilobits: number;
  readonly grade: number;
  /** At one step up in rate, where that was measured. */
  readonly stepUp?: number;
}

/**
 * Grades of a song encoded again at its own rate, or one step up, in stereo, with 3 dB less gain, against the song as
 * it was: medians of 24 excerpts of 20 s (PEAQ basic model, gstpeaq 0.6.1, 2026-11-26; docs/decisions/0013).
 */
const measured: Readonly<Record<string, readonly Measured[]>> = {
  mp3: [
    { kilobits: 128, grade: -0.52, stepUp: -0.29 },
    { kilobits: 192, grade: -0.21, stepUp: -0.1 },
    { kilobits: 256, grade: -0.07 },
    { kilobits: 320, grade: 0.03 },
  ],
  // Without intensity stereo from 192 kb/s on.
  aac: [
    { kilobits: 128, grade: -1.21, stepUp: -0.51 },
    { kilobits: 192, grade: -0.39, stepUp: -0.25 },
    { kilobits: 256, grade: -0.1, stepUp: -0.07 },
  ],
  // Qualities 3, 5 and 7 by their nominal rates.
  vorbis: [
    { kilobits: 112, grade: -2.03, stepUp: -1.61 },
    { kilobits: 160, grade: -1.12, stepUp: -0.76 },
    { kilobits: 224, grade: -0.4, stepUp: -0.15 },
  ],
  opus: [
    { kilobits: 96, grade: -0.05 },
    { kilobits: 128, grade: 0.03 },
    { kilobits: 160, grade: 0.09 },
  ],
};

/** The codec that a lossy output format comes to. */
const codecOf: Partial<Record<OutputFormat, string>> = {
  ...{ mp3: "mp3", m4a: "aac", ogg: "vorbis", opus: "opus" },
};

/** Null where it was not measured, or is no second encoding by the same codec. */
export function encodingCost(
  { codec, bitRate, channels }: Pick<SourceFormat, "codec" | "bitRate" | "channels">,
  { outputFormat, whenEncodedAgain }: EncodingWay,
): EncodingCost | null {
  const measuredPoints = measured[codec];
  if (measuredPoints === undefined || bitRate === null) return null;
  if (outputFormat !== "same" && codecOf[outputFormat] !== codec) return null;
  const keepsSound = outputFormat === "same" && whenEncodedAgain === "sound";
  const points = measuredPoints.map(({ kilobits, grade, stepUp = grade }) => ({
    ...{ kilobits, grade: keepsSound ? stepUp : grade },
  }));
  // Measured in stereo; a channel of another layout has its share.
  const kilobits = (bitRate / 1000) * (2 / channels);
  const audible = audibilityOf(gradeAt(points, kilobits));
  const atLeast = kilobits < points[0]!.kilobits * ROUNDED;
  return atLeast && audible === "inaudible" ? null : { audible, atLeast };
}

/** A file's rate is an average, a little beside the one that it is called by. */
const ROUNDED = 0.97;

const audibilityOf = (grade: number): Audibility =>
  least.find(([, from]) => grade >= from)?.[0] ?? "clearly";

/** Between two measured rates on the line between them, beyond the last as there. */
function gradeAt(points: readonly Measured[], kilobits: number): number {
  const above = points.findIndex((point) => point.kilobits >= kilobits);
  if (above < 0) return points.at(-1)!.grade;
  const [high, low] = [points[above]!, points[above - 1]];
  if (low === undefined) return high.grade;
  const share = (kilobits - low.kilobits) / (high.kilobits - low.kilobits);
  return low.grade + share * (high.grade - low.grade);
}
