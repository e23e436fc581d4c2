/**
 * The comment list that FLAC, Vorbis and Opus share (Vorbis I §5, RFC 7845 §5.2, RFC 9639 §8.6):
 * vendor string, count, `NAME=value` entries, all little-endian and length-prefixed.
 */
import { concat, fromUtf8, latin1, putU32le, u32le, utf8 } from "./bytes";
import type { Report } from "./report";
import type { NamedText } from "./types";

export interface VorbisComment {
  readonly vendor: Uint8Array;
  /** Raw entries in order; names may repeat. */
  readonly entries: readonly Uint8Array[];
  /** What follows the last entry: framing bit, padding, or an Opus extension. */
  readonly trailing: Uint8Array;
  /** Every length was right. */
  readonly intact: boolean;
}

/** More than any list has; keeps hostile ones from costing memory. */
const MAX_ENTRIES = 100_000;

/** Reads as far as lengths make sense; a list cut short gives the entries before the cut. */
export function parseVorbisComment(bytes: Uint8Array): VorbisComment {
  const none = new Uint8Array(0);
  const vendorLength = u32le(bytes, 0);
  if (8 + vendorLength > bytes.length)
    return { vendor: none, entries: [], trailing: none, intact: false };
  const vendor = bytes.subarray(4, 4 + vendorLength);
  const count = u32le(bytes, 4 + vendorLength);
  const entries: Uint8Array[] = [];
  let offset = 8 + vendorLength;
  while (entries.length < Math.min(count, MAX_ENTRIES) && offset + 4 <= bytes.length) {
    const end = offset + 4 + u32le(bytes, offset);
    if (end > bytes.length) break;
    entries.push(bytes.subarray(offset + 4, end));
    offset = end;
  }
  const intact = entries.length === count;
  return { vendor, entries, trailing: intact ? bytes.subarray(offset) : none, intact };
}

export function buildVorbisComment(
  vendor: Uint8Array,
  entries: readonly Uint8Array[],
  trailing: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const number = (value: number): Uint8Array => {
    const bytes = new Uint8Array(4);
    putU32le(bytes, 0, value);
    return bytes;
  };
  return concat([
    number(vendor.length),
    vendor,
    number(entries.length),
    ...entries.flatMap((entry) => [number(entry.length), entry]),
    trailing,
  ]);
}

/** The part before `=`; names are ASCII without it. Null when there is no `=`. */
export function entryName(entry: Uint8Array): string | null {
  const end = entry.indexOf(0x3d);
  return end < 0 ? null : latin1(entry, 0, end);
}

export const entryText = (entry: Uint8Array): string =>
  utf8(entry.subarray(entry.indexOf(0x3d) + 1));

export const commentEntry = ([name, value]: NamedText): Uint8Array => fromUtf8(`${name}=${value}`);

/** Says which speaker a channel is for: the encoder's word counts, it belongs to the audio. */
const CHANNEL_MASK = "WAVEFORMATEXTENSIBLE_CHANNEL_MASK";

/** The source's entries for the new file, in order, without those that are wrong in it. */
export function carryEntries(
  source: VorbisComment,
  encoded: VorbisComment,
  add: readonly NamedText[],
  report: Report,
): Uint8Array[] {
  if (!source.intact) report.note("damaged-tag-trimmed");
  const isMask = (entry: Uint8Array) => entryName(entry)?.toUpperCase() === CHANNEL_MASK;
  const masks = report.sameSound ? [] : encoded.entries.filter(isMask);
  const kept = source.entries.filter((entry) => {
    const name = entryName(entry);
    if (name === null) return true;
    return !report.leavesOut(name) && (masks.length === 0 || !isMask(entry));
  });
  return [...kept, ...masks, ...add.map(commentEntry)];
}
