/**
 * Gain of Ogg Opus without touching its sound: the output gain in the identification header, in
 * 1/256 dB (RFC 7845 §5.1), which every decoder must apply. Two bytes and the checksum of one
 * page change in every chained stream, and nothing else in the file.
 */
import { type Decibels, decibels } from "@/lib/loudness/units";
import { concat, latin1, matches, view } from "../bitstream-bytes";
import { isOpusHead, readHead, writeOutputGain } from "./opus-head";
import { type OggPage, pageCrc, pages, pieces, storedCrc, writeCrc } from "./page";

export type OpusGainReason =
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

export interface OpusStream {
  readonly serial: number;
  readonly channels: number;
  /** Samples at 48 kHz. */
  readonly preSkip: number;
  /** As the header has it now. */
  readonly outputGain: Decibels;
}

export interface OpusGainPlan {
  readonly kind: "ok";
  /** Chained streams in file order, and any that run beside them. */
  readonly streams: readonly OpusStream[];
  /** The gains that can be added to all of the streams. */
  readonly lowest: Decibels;
  readonly highest: Decibels;
}

export interface OpusGainResult {
  readonly kind: "ok";
  /** The whole file. When the gain rounds to 0 the very array that came in. */
  readonly bytes: Uint8Array;
  /** What was added: the gain asked for, rounded to 1/256 dB. Its negative takes it back. */
  readonly gain: Decibels;
}

/** Output gain is Q7.8. */
const UNITS = 256;
const LOWEST = -32768;
const HIGHEST = 32767;

interface Head {
  readonly page: OggPage;
  readonly stream: OpusStream;
  readonly units: number;
}

const refuse = (reason: OpusGainReason): OpusGainRefusal => ({ kind: "refused", reason });

/** RFC 7845 §3: the identification header is alone on the first page of its stream. */
const findHeads = (bytes: Uint8Array): readonly Head[] | OpusGainReason => {
  const heads: Head[] = [];
  for (const page of pages(bytes)) {
    if (!page.beginsStream) continue;
    const packet = bytes.subarray(page.body, page.end);
    if (!isOpusHead(packet)) continue;
    const head = readHead(packet);
    if (head === null || pageCrc(bytes, page) !== storedCrc(bytes, page)) return "damaged-header";
    const { channels, preSkip, outputGain } = head;
    heads.push({
      page,
      stream: {
        serial: page.serial,
        channels,
        preSkip,
        outputGain: decibels(outputGain / UNITS),
      },
      units: outputGain,
    });
  }
  return heads.length === 0 ? "not-ogg-opus" : heads;
};

/** What changing the gain of this file would meet. Reads only. */
export const planOpusGain = (bytes: Uint8Array): OpusGainPlan | OpusGainRefusal => {
  const heads = findHeads(bytes);
  if (typeof heads === "string") return refuse(heads);
  let [least, greatest] = [HIGHEST, LOWEST];
  for (const { units } of heads) {
    least = Math.min(least, units);
    greatest = Math.max(greatest, units);
  }
  return {
    kind: "ok",
    streams: heads.map((head) => head.stream),
    lowest: decibels((LOWEST - least) / UNITS),
    highest: decibels((HIGHEST - greatest) / UNITS),
  };
};

/**
 * Adds `gain` to the output gain of every stream. `R128_*` tags are relative to the output gain
 * (RFC 7845 §5.2.1), so the ones that are there become wrong by as much: `gainTags` tells them.
 *
 * @param gain finite; anything else is a RangeError.
 */
export const applyOpusGain = (
  bytes: Uint8Array,
  gain: Decibels,
): OpusGainResult | OpusGainRefusal => {
  if (!Number.isFinite(gain)) throw new RangeError(`A gain must be finite, not ${gain}`);
  const heads = findHeads(bytes);
  if (typeof heads === "string") return refuse(heads);
  const units = Math.round(gain * UNITS) + 0;
  for (const head of heads)
    if (head.units + units < LOWEST || head.units + units > HIGHEST) return refuse("out-of-range");
  if (units === 0) return { kind: "ok", bytes, gain: decibels(0) };

  const written = bytes.slice();
  for (const head of heads) {
    writeOutputGain(written.subarray(head.page.body, head.page.end), head.units + units);
    writeCrc(written, head.page);
  }
  return { kind: "ok", bytes: written, gain: decibels(units / UNITS) };
};

export interface GainTag {
  /** Serial number of the stream whose comments have it. */
  readonly serial: number;
  /** As written in the file, for instance `R128_TRACK_GAIN`. */
  readonly key: string;
  readonly value: string;
}

const gainKey = /^(R128|REPLAYGAIN)_/i;

/** Comments of one `OpusTags` packet (RFC 7845 §5.2) up to the first that does not fit into it. */
const readComments = function* (packet: Uint8Array): Generator<Uint8Array> {
  if (!matches(packet, 0, "OpusTags") || packet.length < 12) return;
  const numbers = view(packet);
  let at = 12 + numbers.getUint32(8, true);
  if (at + 4 > packet.length) return;
  const count = numbers.getUint32(at, true);
  at += 4;
  for (let i = 0; i < count && at + 4 <= packet.length; i++) {
    const length = numbers.getUint32(at, true);
    at += 4;
    if (at + length > packet.length) return;
    yield packet.subarray(at, at + length);
    at += length;
  }
};

/** Longest key and value of a gain tag that is believed; a picture is far longer. */
const LONGEST_GAIN_TAG = 256;

/** `R128_*` and `REPLAYGAIN_*` comments of every Opus stream, in file order. */
export const gainTags = (bytes: Uint8Array): GainTag[] => {
  const found: GainTag[] = [];
  /** Pieces of the comment packet of each stream whose header has passed. */
  const waiting = new Map<number, Uint8Array[]>();
  for (const page of pages(bytes)) {
    if (page.beginsStream) {
      if (isOpusHead(bytes.subarray(page.body, page.end))) waiting.set(page.serial, []);
      else waiting.delete(page.serial);
      continue;
    }
    const parts = waiting.get(page.serial);
    if (parts === undefined) continue;
    const { lengths, open } = pieces(bytes, page);
    if (lengths.length === 0) continue;
    parts.push(bytes.subarray(page.body, page.body + lengths[0]!));
    if (open && lengths.length === 1) continue;
    waiting.delete(page.serial);
    for (const comment of readComments(concat(parts))) {
      if (comment.length > LONGEST_GAIN_TAG) continue;
      const text = latin1(comment);
      const equals = text.indexOf("=");
      if (equals < 0 || !gainKey.test(text)) continue;
      found.push({
        serial: page.serial,
        key: text.slice(0, equals),
        value: text.slice(equals + 1),
      });
    }
  }
  return found;
};
