/**
 * The links of an Ogg Vorbis file, one or several chained (RFC 3533 §4, Vorbis I Annex A), and their
 * two headers that change with the gain. Pages are kept as they were cut: only the one on which the
 * comment packet ends grows or shrinks, and where it has no room left it becomes several.
 */
import { bytesSource, concat, fromLatin1, has, putU32le, u32le } from "../bytes";
import { FULL_SEGMENT, lacingOf } from "./packets";
import {
  CRC_AT,
  MAX_SEGMENTS,
  PAGE_HEADER,
  pageCrc,
  pageFlag,
  readPages,
  sealPage,
  SEQUENCE_AT,
  storedCrc,
  type OggPage,
} from "./page";

export type LinkRefusal = "not-ogg-vorbis" | "multiplexed" | "damaged-header";

/** A page of header packets, taken apart. */
interface HeaderPage {
  /** Where it stands in the file. Pages that are to be new share those of the one they stand for. */
  readonly start: number;
  readonly end: number;
  readonly flags: number;
  readonly granule: Uint8Array;
  readonly sequence: number;
  readonly lacing: readonly number[];
  readonly body: Uint8Array;
}

export interface VorbisLink {
  readonly serial: number;
  readonly channels: number;
  /** Hz */
  readonly sampleRate: number;
  /** From the start of the comment packet, which begins a page, to the end of the setup packet. */
  readonly pages: readonly HeaderPage[];
  readonly comment: Uint8Array;
  readonly setup: Uint8Array;
  /** Where the next link begins, or the file ends. */
  readonly end: number;
}

const SHORTEST_IDENTIFICATION = 30;
const noGranule = new Uint8Array(8).fill(0xff);

const takeApart = (
  bytes: Uint8Array,
  { offset, body, end, sequence, segments }: OggPage,
): HeaderPage => ({
  start: offset,
  end,
  flags: bytes[offset + 5]!,
  granule: bytes.slice(offset + 6, offset + 14),
  sequence,
  lacing: [...segments],
  body: bytes.subarray(body, end),
});

const encode = (page: HeaderPage, serial: number): Uint8Array => {
  const header = new Uint8Array(PAGE_HEADER);
  header.set(fromLatin1("OggS"));
  header[5] = page.flags;
  header.set(page.granule, 6);
  putU32le(header, 14, serial);
  putU32le(header, SEQUENCE_AT, page.sequence);
  header[26] = page.lacing.length;
  const written = concat([header, Uint8Array.from(page.lacing), page.body]);
  sealPage(written);
  return written;
};

const isWhole = (bytes: Uint8Array, { offset, end }: OggPage): boolean => {
  const page = bytes.subarray(offset, end);
  return pageCrc(page) === storedCrc(page);
};

/** Adds up the pages of one link until its headers are whole. */
class LinkReader {
  readonly #bytes: Uint8Array;
  readonly #serial: number;
  readonly #channels: number;
  readonly #sampleRate: number;
  readonly #pages: HeaderPage[] = [];
  /** Lengths of the comment and the setup packet as far as they have come. */
  readonly #lengths = [0];
  #open = false;

  /** Null where the first page is not an identification header alone (Vorbis I §4.2.2). */
  static begin(bytes: Uint8Array, page: OggPage): LinkReader | null {
    const packet = bytes.subarray(page.body, page.end);
    const sound =
      isWhole(bytes, page) &&
      page.end - page.body >= SHORTEST_IDENTIFICATION &&
      page.segments.length === 1 &&
      u32le(packet, 7) === 0 &&
      packet[11] !== 0;
    return sound ? new LinkReader(bytes, page, packet) : null;
  }

  private constructor(bytes: Uint8Array, { serial }: OggPage, packet: Uint8Array) {
    this.#bytes = bytes;
    this.#serial = serial;
    this.#channels = packet[11]!;
    this.#sampleRate = u32le(packet, 12);
  }

  get serial(): number {
    return this.#serial;
  }
  get complete(): boolean {
    return this.#lengths.length > 2;
  }

  /** False where the page cannot be the next one of the headers. */
  add(page: OggPage): boolean {
    const bytes = this.#bytes;
    if (page.continues !== this.#open || !isWhole(bytes, page)) return false;
    const parts = takeApart(bytes, page);
    this.#pages.push(parts);
    for (const value of parts.lacing) {
      if (this.complete) return true;
      this.#lengths[this.#lengths.length - 1]! += value;
      this.#open = value === FULL_SEGMENT;
      if (!this.#open) this.#lengths.push(0);
    }
    return true;
  }

  finish(end: number): VorbisLink {
    const packets = concat(this.#pages.map(({ body }) => body));
    const [comment, setup] = this.#lengths as [number, number];
    return {
      serial: this.#serial,
      channels: this.#channels,
      sampleRate: this.#sampleRate,
      pages: this.#pages,
      comment: packets.subarray(0, comment),
      setup: packets.subarray(comment, comment + setup),
      end,
    };
  }
}

/** In file order; what lies between pages is not looked at. */
export const findLinks = (bytes: Uint8Array): VorbisLink[] | LinkRefusal => {
  const links: VorbisLink[] = [];
  let link: LinkReader | null = null;
  for (const page of readPages(bytesSource(bytes))) {
    if (page.beginsStream) {
      if (link !== null && !link.complete) return "multiplexed";
      if (link !== null) links.push(link.finish(page.offset));
      if (!has(bytes, page.body, "\x01vorbis"))
        return link === null ? "not-ogg-vorbis" : "multiplexed";
      link = LinkReader.begin(bytes, page);
      if (link === null) return "damaged-header";
    } else if (link === null) return "not-ogg-vorbis";
    else if (page.serial !== link.serial) return "multiplexed";
    else if (!link.complete && !link.add(page)) return "damaged-header";
  }
  if (link === null) return "not-ogg-vorbis";
  if (!link.complete) return "damaged-header";
  links.push(link.finish(bytes.length));
  return links;
};

/** Where a page of comments has been cut into several: its index among `pages`, and how many more. */
export interface AddedPages {
  readonly index: number;
  readonly count: number;
}

export interface NewHeaders {
  readonly comment: Uint8Array;
  /** As long as the old one. */
  readonly setup: Uint8Array;
  /** Pages to put together again, from an earlier change. */
  readonly merge: AddedPages;
}

export interface ReplacedHeaders {
  readonly link: VorbisLink;
  readonly pages: readonly HeaderPage[];
  readonly added: AddedPages;
}

export const noPages: AddedPages = { index: 0, count: 0 };

const lengthOf = (lacing: readonly number[]): number =>
  lacing.reduce((sum, value) => sum + value, 0);

/** One page instead of several, its sequence number and all. */
const join = (parts: readonly HeaderPage[]): HeaderPage => ({
  ...parts[0]!,
  end: parts.at(-1)!.end,
  flags: parts.reduce((flags, part) => flags | (part.flags & pageFlag.endsStream), parts[0]!.flags),
  // The pages on which no packet ended have got theirs from the split.
  granule: (parts.find(({ lacing }) => lacing.some((value) => value < FULL_SEGMENT)) ?? parts[0]!)
    .granule,
  lacing: parts.flatMap(({ lacing }) => lacing),
  body: concat(parts.map(({ body }) => body)),
});

/** Pages of at most 255 segments. What a page says of the packets that end on it stays with them. */
const split = (page: HeaderPage): HeaderPage[] => {
  if (page.lacing.length <= MAX_SEGMENTS) return [page];
  const parts: HeaderPage[] = [];
  let at = 0;
  for (let from = 0; from < page.lacing.length; from += MAX_SEGMENTS) {
    const lacing = page.lacing.slice(from, from + MAX_SEGMENTS);
    const length = lengthOf(lacing);
    const isLast = from + MAX_SEGMENTS >= page.lacing.length;
    parts.push({
      ...page,
      // Only the first stands for the old page.
      start: from === 0 ? page.start : page.end,
      flags:
        (from === 0
          ? page.flags & ~pageFlag.endsStream
          : page.lacing[from - 1] === FULL_SEGMENT
            ? pageFlag.continues
            : 0) | (isLast ? page.flags & pageFlag.endsStream : 0),
      granule: lacing.some((value) => value < FULL_SEGMENT) ? page.granule : noGranule,
      sequence: (page.sequence + parts.length) >>> 0,
      lacing,
      body: page.body.subarray(at, at + length),
    });
    at += length;
  }
  return parts;
};

/** New packets on the pages of a link. */
export const replaceHeaders = (
  link: VorbisLink,
  { comment, setup, merge }: NewHeaders,
): ReplacedHeaders => {
  let old = [...link.pages];
  const merged = old.slice(merge.index, merge.index + merge.count + 1);
  if (merge.count > 0 && merged.length === merge.count + 1)
    old.splice(merge.index, merged.length, join(merged));
  const mergedCount = link.pages.length - old.length;
  old = old.map((page, i) =>
    i > merge.index ? { ...page, sequence: (page.sequence - mergedCount) >>> 0 } : page,
  );

  // The comment packet begins the first page and ends on the first that has a short segment.
  const last = old.findIndex(({ lacing }) => lacing.some((value) => value < FULL_SEGMENT));
  const before = old.slice(0, last).reduce((sum, { body }) => sum + body.length, 0);
  // Zeros behind the packet's framing bit are padding. Only pages cut by others need them.
  const padded = new Uint8Array(Math.max(comment.length, before));
  padded.set(comment);

  const pages: HeaderPage[] = [];
  let added = noPages;
  let [fromComment, fromSetup] = [0, 0];
  for (const [i, page] of old.entries()) {
    // Segments of the comment packet: all, those up to the first short one, or none.
    const whole = i < last ? page.lacing.length : 0;
    const segments =
      i === last ? page.lacing.findIndex((value) => value < FULL_SEGMENT) + 1 : whole;
    const length = lengthOf(page.lacing.slice(0, segments));
    const own = padded.subarray(fromComment, i === last ? padded.length : fromComment + length);
    const rest = page.body.slice(length);
    const piece = setup.subarray(fromSetup, fromSetup + rest.length);
    rest.set(piece);
    fromComment += own.length;
    fromSetup += piece.length;
    const parts = split({
      ...page,
      sequence: (page.sequence + added.count) >>> 0,
      lacing: i === last ? [...lacingOf(own.length), ...page.lacing.slice(segments)] : page.lacing,
      body: concat([own, rest]),
    });
    if (parts.length > 1) added = { index: i, count: parts.length - 1 };
    pages.push(...parts);
  }
  return { link, pages, added };
};

/** Numbers pages `delta` higher. A checksum that was wrong stays wrong by the same bits. */
const renumberInPlace = (bytes: Uint8Array, delta: number): void => {
  for (const { offset, end, sequence } of readPages(bytesSource(bytes))) {
    const page = bytes.subarray(offset, end);
    const error = storedCrc(page) ^ pageCrc(page);
    putU32le(page, SEQUENCE_AT, (sequence + delta) >>> 0);
    putU32le(page, CRC_AT, (pageCrc(page) ^ error) >>> 0);
  }
};

/** The file with other headers. Every byte of audio stays; page numbers move where pages were added. */
export const withHeaders = (
  bytes: Uint8Array,
  replaced: readonly ReplacedHeaders[],
): Uint8Array => {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const { link, pages } of replaced) {
    for (const page of pages) {
      parts.push(bytes.subarray(at, page.start), encode(page, link.serial));
      at = page.end;
    }
    const delta = pages.length - link.pages.length;
    const rest = bytes.subarray(at, link.end);
    const audio = delta === 0 ? rest : rest.slice();
    if (delta !== 0) renumberInPlace(audio, delta);
    parts.push(audio);
    at = link.end;
  }
  return concat(parts);
};
