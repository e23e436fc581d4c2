/**
 * Gain of Ogg Opus without touching its sound: the output gain in the identification header, in
 * 1/256 dB (RFC 7845 §5.1), which every decoder must apply. Two bytes and the checksum of one
 * page change in every chained stream, and nothing else in the file.
 */
import { type Decibels, decibels } from "@/lib/loudness/units";
import { bytesSource } from "../bytes";
import { isOpusHead, readOutputGain, writeOutputGain } from "./opus-head";
import { pageCrc, readPages, sealPage, storedCrc } from "./page";

type OpusGainReason =
  /** No Ogg page begins an Opus stream. */
  | "not-ogg-opus"
  /** An identification header is too short, has a wrong checksum, or is of an unknown version. */
  | "damaged-header"
  /** A stream's output gain would be beyond what 16 bits in 1/256 dB can say, ±128 dB. */
  | "out-of-range";

export interface OpusGainRefusal {
  readonly kind: "refused";
  readonly reason: OpusGainReason;
}

export interface OpusGainResult {
  readonly kind: "done";
  /** The whole file. When the gain rounds to 0 the very array that came in. */
  readonly bytes: Uint8Array;
  /** What was added: the gain asked for, rounded to 1/256 dB. Its negative takes it back. */
  readonly gain: Decibels;
}

/** Output gain is Q7.8. */
const UNITS = 256;
const LOWEST = -32768;
const HIGHEST = 32767;

interface HeadPage {
  readonly offset: number;
  readonly body: number;
  readonly end: number;
  readonly outputGain: number;
}

const refuse = (reason: OpusGainReason): OpusGainRefusal => ({ kind: "refused", reason });

/** RFC 7845 §3: the identification header is alone on the first page of its stream. */
function findHeads(bytes: Uint8Array): readonly HeadPage[] | OpusGainRefusal {
  const heads: HeadPage[] = [];
  for (const { offset, body, end, beginsStream } of readPages(bytesSource(bytes))) {
    const packet = bytes.subarray(body, end);
    if (!beginsStream || !isOpusHead(packet)) continue;
    const outputGain = readOutputGain(packet);
    const page = bytes.subarray(offset, end);
    if (outputGain === null || pageCrc(page) !== storedCrc(page)) return refuse("damaged-header");
    heads.push({ offset, body, end, outputGain });
  }
  return heads.length === 0 ? refuse("not-ogg-opus") : heads;
}

/**
 * Adds `gain` to the output gain of every stream, chained or side by side. `R128_*` tags are
 * relative to the output gain (RFC 7845 §5.2.1), so the ones that are there become wrong by as
 * much.
 *
 * @param gain finite; anything else is a RangeError.
 */
export function applyOpusGain(bytes: Uint8Array, gain: Decibels): OpusGainResult | OpusGainRefusal {
  if (!Number.isFinite(gain)) throw new RangeError(`A gain must be finite, not ${gain}`);
  const heads = findHeads(bytes);
  if ("kind" in heads) return heads;
  const units = Math.round(gain * UNITS) + 0;
  if (heads.some(({ outputGain: now }) => now + units < LOWEST || now + units > HIGHEST))
    return refuse("out-of-range");
  if (units === 0) return { kind: "done", bytes, gain: decibels(0) };

  const written = bytes.slice();
  for (const { offset, body, end, outputGain } of heads) {
    writeOutputGain(written.subarray(body, end), outputGain + units);
    sealPage(written.subarray(offset, end));
  }
  return { kind: "done", bytes: written, gain: decibels(units / UNITS) };
}
