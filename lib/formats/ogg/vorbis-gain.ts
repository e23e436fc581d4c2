/**
 * Gain of Ogg Vorbis without encoding. The sound is floor curve times residue (Vorbis I §4.3.6), the
 * residue a sum of values from codebooks, and each of these `minimum` + n · `delta`, two floats in
 * the setup header (§3.2.1): those scaled, the sound is scaled, by every decoder. Coupling, the
 * inverse MDCT and the window are linear in a positive factor. The setup and the comment header
 * change, and every packet of audio stays byte for byte.
 *
 * Chained streams are changed link by link with the same factor. What leads back to the first
 * original stands in a comment of each link.
 */
import { type Decibels, decibels } from "@/lib/loudness/units";
import { concat, fromLatin1, has } from "../bytes";
import { buildVorbisComment, parseVorbisComment, type VorbisComment } from "../vorbis-comment";
import { VORBIS_MARK } from "./comment";
import { LsbReader, putBits32 } from "./lsb-bits";
import { chooseFactor, factorGain, scaleFloat, type Unit, unitOf } from "./vorbis-factor";
import { packFloat, unpackFloat, type VorbisFloat } from "./vorbis-float";
import {
  findLinks,
  type LinkRefusal,
  noPages,
  replaceHeaders,
  type ReplacedHeaders,
  type VorbisLink,
  withHeaders,
} from "./vorbis-links";
import { residueBooks, type SetupRefusal, type ValueBook } from "./vorbis-setup";
import { findRecord, formatRecord, putBackTags, takeOutTags, type UndoRecord } from "./vorbis-undo";

type VorbisGainReason =
  /** `not-ogg-vorbis`, `multiplexed` (another stream runs beside), `damaged-header`. */
  | LinkRefusal
  | SetupRefusal
  /** The comment packet's lengths do not add up, so nothing can be written into it safely. */
  | "damaged-comment"
  /** No factor near the gain can be written without rounding that could be heard. */
  | "no-exact-factor"
  /** A float of the setup header would be, or is, beyond what all decoders read alike. */
  | "out-of-range"
  /** The loudness tags that are to be taken out are too large to be kept for undo. */
  | "too-much-to-record"
  /** Our comment is there and says nothing that can be read. */
  | "damaged-undo"
  /** Our comment does not lead back: the setup header is not the one it was made for. */
  | "undo-does-not-fit"
  /** Chained links that have been changed by different gains. */
  | "links-differ"
  /** No change is recorded in the file. Only from undo. */
  | "nothing-to-undo";

export interface VorbisGainRefusal {
  readonly kind: "refused";
  readonly reason: VorbisGainReason;
}

export interface VorbisGainPlan {
  readonly kind: "done";
  /** Chained streams in file order. */
  readonly streams: readonly Pick<VorbisLink, "serial" | "channels" | "sampleRate">[];
  /** What the file says was done to it before; null without such a record. */
  readonly made: Decibels | null;
}

export interface VorbisGainResult {
  readonly kind: "done";
  /** The whole file. When the gain comes to 0 the very array that came in. */
  readonly bytes: Uint8Array;
  /** What was added; within 0.015 dB of the gain asked for, and never above `atMost`. */
  readonly gain: Decibels;
}

export interface VorbisUndoResult {
  readonly kind: "done";
  readonly bytes: Uint8Array;
  /** What was taken back: the gain of all changes together. */
  readonly gain: Decibels;
}

interface Book {
  readonly at: ValueBook;
  readonly minimum: VorbisFloat;
  readonly delta: VorbisFloat;
  /** Null where both are 0. */
  readonly unit: Unit | null;
}

interface Link {
  readonly link: VorbisLink;
  readonly comment: VorbisComment;
  readonly books: readonly Book[];
  readonly record: UndoRecord | null;
  /** 0 without a record. */
  readonly made: Decibels;
}

interface Source {
  readonly kind: "done";
  readonly bytes: Uint8Array;
  readonly links: readonly Link[];
  readonly made: Decibels | null;
}

/** Bytes of loudness tags; they have some forty each. */
const MOST_REMOVED = 1 << 15;
/** Relative; books may be rounded by 1e-6 each. */
const SAME_FACTOR = 4e-6;

const refuse = (reason: VorbisGainReason): VorbisGainRefusal => ({ kind: "refused", reason });

const valueOf = ({ negative, odd, exponent }: VorbisFloat): number =>
  (negative ? -1 : 1) * odd * 2 ** exponent;

/** The factor between what is recorded and what is there; null where it is not the same for all. */
const factorMade = (floats: readonly number[], books: readonly Book[]): number | null => {
  if (floats.length !== 2 * books.length) return null;
  let factor: number | null = null;
  for (const [i, bits] of floats.entries()) {
    const { minimum, delta } = books[i >> 1]!;
    const before = unpackFloat(bits);
    const now = i % 2 === 0 ? minimum : delta;
    if (before === null || (before.odd === 0) !== (now.odd === 0)) return null;
    if (before.odd === 0) continue;
    const ratio = valueOf(now) / valueOf(before);
    factor ??= ratio;
    if (!(factor > 0 && Math.abs(ratio / factor - 1) < SAME_FACTOR)) return null;
  }
  return factor ?? 1;
};

const readBooks = (setup: Uint8Array, channels: number): Book[] | VorbisGainReason => {
  const places = residueBooks(setup, channels);
  if (typeof places === "string") return places;
  const books: Book[] = [];
  for (const at of places) {
    const bits = new LsbReader(setup, at.minimumAt);
    const [minimum, delta] = [unpackFloat(bits.read(32)), unpackFloat(bits.read(32))];
    if (minimum === null || delta === null) return "out-of-range";
    books.push({ at, minimum, delta, unit: unitOf(minimum, delta) });
  }
  return books;
};

const openLink = (link: VorbisLink): Link | VorbisGainReason => {
  const books = readBooks(link.setup, link.channels);
  if (typeof books === "string") return books;
  if (!has(link.comment, 0, VORBIS_MARK)) return "damaged-header";
  const comment = parseVorbisComment(link.comment.subarray(VORBIS_MARK.length));
  if (!comment.intact) return "damaged-comment";
  const record = findRecord(comment.entries);
  if (record === "damaged-undo") return record;
  if (record === null) return { link, comment, books, record, made: decibels(0) };
  const factor = factorMade(record.floats, books);
  if (factor === null) return "undo-does-not-fit";
  return { link, comment, books, record, made: decibels(20 * Math.log10(factor)) };
};

const open = (bytes: Uint8Array): Source | VorbisGainRefusal => {
  const found = findLinks(bytes);
  if (typeof found === "string") return refuse(found);
  const links: Link[] = [];
  for (const each of found) {
    const link = openLink(each);
    if (typeof link === "string") return refuse(link);
    links.push(link);
  }
  const { made, record } = links[0]!;
  const agree = links.every(
    (link) => (link.record === null) === (record === null) && Math.abs(link.made - made) < 1e-4,
  );
  if (!agree) return refuse("links-differ");
  return { kind: "done", bytes, links, made: record === null ? null : made };
};

const buildComment = (comment: VorbisComment, entries: readonly Uint8Array[]): Uint8Array =>
  concat([fromLatin1(VORBIS_MARK), buildVorbisComment(comment.vendor, entries, comment.trailing)]);

/** What changing the gain of this file would meet. Reads only. */
export const planVorbisGain = (bytes: Uint8Array): VorbisGainPlan | VorbisGainRefusal => {
  const source = open(bytes);
  if (source.kind === "refused") return source;
  const streams = source.links.map(({ link: { serial, channels, sampleRate } }) => ({
    serial,
    channels,
    sampleRate,
  }));
  return { kind: "done", streams, made: source.made };
};

/** The first original of every link. */
const restore = ({ bytes, links }: Source): Uint8Array => {
  const replaced = links.map(({ link, comment, books, record }): ReplacedHeaders => {
    const setup = link.setup.slice();
    for (const [i, { at }] of books.entries()) {
      putBits32(setup, at.minimumAt, record!.floats[2 * i]!);
      putBits32(setup, at.deltaAt, record!.floats[2 * i + 1]!);
    }
    const entries = putBackTags(comment.entries, record!.removed);
    return replaceHeaders(link, {
      comment: buildComment(comment, entries),
      setup,
      merge: record!.added,
    });
  });
  return withHeaders(bytes, replaced);
};

/** Takes back every recorded change: unless others changed it too, the file is the first original. */
export const undoVorbisGain = (bytes: Uint8Array): VorbisUndoResult | VorbisGainRefusal => {
  const source = open(bytes);
  if (source.kind === "refused") return source;
  if (source.made === null) return refuse("nothing-to-undo");
  return { kind: "done", bytes: restore(source), gain: source.made };
};

const rewriteLink = (
  { link, comment, books }: Link,
  setup: Uint8Array,
): ReplacedHeaders | "too-much-to-record" => {
  const { kept, taken: removed } = takeOutTags(comment.entries);
  if (removed.reduce((sum, { entry }) => sum + entry.length, 0) > MOST_REMOVED)
    return "too-much-to-record";
  const floats = books.flatMap(({ at }) =>
    [at.minimumAt, at.deltaAt].map((place) => new LsbReader(link.setup, place).read(32)),
  );
  const write = (added: ReplacedHeaders["added"]) =>
    replaceHeaders(link, {
      comment: buildComment(comment, [...kept, formatRecord({ floats, added, removed })]),
      setup,
      merge: noPages,
    });
  // Only once the record is there is it known how many pages it takes, which it says itself.
  let replaced = write(noPages);
  for (let tries = 0; tries < 3; tries++) replaced = write(replaced.added);
  return replaced;
};

/** Every float of the link scaled; null where one does not fit. */
const scaleSetup = (
  { link, books }: Link,
  factor: NonNullable<ReturnType<typeof chooseFactor>>,
): Uint8Array | null => {
  const setup = link.setup.slice();
  for (const { at, minimum, delta, unit } of books) {
    if (unit === null) continue;
    for (const [place, value] of [
      [at.minimumAt, minimum],
      [at.deltaAt, delta],
    ] as const) {
      if (value.odd === 0) continue;
      const bits = packFloat(scaleFloat(value, unit, factor));
      if (bits === null) return null;
      putBits32(setup, place, bits);
    }
  }
  return setup;
};

/**
 * Scales the sound of every link by the nearest factor that the setup headers can hold exactly, at
 * most 0.015 dB from `gain`. A file that was changed before is first led back to its original, so
 * that rounding does not add up and undo stays exact; a gain that takes all changes back gives the
 * original itself. Loudness tags are taken out, which undo puts back.
 *
 * @param gain finite; anything else is a RangeError.
 * @param atMost the result's gain is not above this, where peaks leave no more room.
 */
export const applyVorbisGain = (
  bytes: Uint8Array,
  gain: Decibels,
  atMost: Decibels = decibels(Infinity),
): VorbisGainResult | VorbisGainRefusal => {
  if (!Number.isFinite(gain)) throw new RangeError(`A gain must be finite, not ${gain}`);
  const found = open(bytes);
  if (found.kind === "refused") return found;
  const made = found.made ?? decibels(0);
  const source = found.made === null ? found : open(restore(found));
  if (source.kind === "refused") return source;

  const units = source.links.flatMap(({ books }) => books.flatMap(({ unit }) => unit ?? []));
  const factor = chooseFactor(units, decibels(made + gain), decibels(made + atMost));
  if (factor === null) return refuse("no-exact-factor");
  const total = factorGain(factor);
  if (Math.abs(total - made) < 1e-5) return { kind: "done", bytes, gain: decibels(0) };
  if (Math.abs(total) < 1e-9)
    return { kind: "done", bytes: source.bytes, gain: decibels(0 - made) };

  const replaced: ReplacedHeaders[] = [];
  for (const link of source.links) {
    const setup = scaleSetup(link, factor);
    if (setup === null) return refuse("out-of-range");
    const headers = rewriteLink(link, setup);
    if (headers === "too-much-to-record") return refuse(headers);
    replaced.push(headers);
  }
  return { kind: "done", bytes: withHeaders(source.bytes, replaced), gain: decibels(total - made) };
};
