/**
 * `ludt`, the loudness of a track in its user data (ISO/IEC 14496-12 §12.2.7): `tlou` for the track,
 * `alou` for its album. Levels are coded as MPEG-D DRC codes them (ISO/IEC 23003-4).
 */
import { bytesSource, latin1 } from "../bytes";
import type { LoudnessFigures, LoudnessTags } from "../types";
import { box, boxBytes, boxOf, readBoxes } from "./boxes";

/** Codes of ISO/IEC 23003-4: program loudness; ITU-R BS.1770-4; measured and accurate. */
const PROGRAM_LOUDNESS = 1;
const BS_1770 = 2;
const MEASURED = 3;

/** Peaks: 20 dB down to -107.9 dB in 12 bits of 1/32 dB. 0: unknown. */
const HIGHEST_PEAK = 20;
const PEAK_STEPS = 32;
/** Loudness: -57.75 LUFS up to 6 LUFS in 8 bits of a quarter. */
const LOWEST_LOUDNESS = -57.75;
const LOUDNESS_STEPS = 4;

const within = (value: number, low: number, high: number): number =>
  Math.max(low, Math.min(high, Math.round(value)));

const peakCode = (peak: number | undefined): number =>
  peak === undefined || !Number.isFinite(peak)
    ? 0
    : within((HIGHEST_PEAK - peak) * PEAK_STEPS, 1, 0xfff);

/** Version 0: one entry, of the sound as it is, without downmix (0) and without DRC (0). */
function entryBox(type: "tlou" | "alou", figures: LoudnessFigures): Uint8Array {
  const [sample, peak] = [peakCode(figures.samplePeak), peakCode(figures.truePeak)];
  const loudness = within((figures.integrated - LOWEST_LOUDNESS) * LOUDNESS_STEPS, 0, 0xff);
  const code = (BS_1770 << 4) | MEASURED;
  return box(
    type,
    new Uint8Array(6),
    Uint8Array.of(sample >> 4, (sample << 4) | (peak >> 8), peak, code),
    Uint8Array.of(1, PROGRAM_LOUDNESS, loudness, code),
  );
}

/** A `ludt` box with these figures in the place of those that `old`, a whole one, has of the kind. */
export function loudnessBox({ track, album }: LoudnessTags, old: Uint8Array | null): Uint8Array {
  const kept = old === null ? [] : entriesIn(old);
  return boxOf("ludt", [
    ...kept.filter((each) => !isOf(each, "tlou") && !(album && isOf(each, "alou"))),
    entryBox("tlou", track),
    ...(album ? [entryBox("alou", album)] : []),
  ]);
}

const isOf = (entry: Uint8Array, type: string): boolean => latin1(entry, 4, 8) === type;

const entriesIn = (ludt: Uint8Array): Uint8Array[] =>
  readBoxes(bytesSource(ludt), 8, ludt.length).boxes.map((each) => boxBytes(ludt, each));
