/** Packets of one logical stream over its pages: RFC 3533 §5. */
import { concat, fromLatin1, putU32le, putU64le } from "../bytes";
import { MAX_SEGMENTS, PAGE_HEADER, pageFlag, sealPage, type OggPage } from "./page";

/** A segment that another one of the same packet follows. */
export const FULL_SEGMENT = 255;

export interface Packet {
  readonly bytes: Uint8Array;
  /** It is the last of its page, and nothing begins behind it there. */
  readonly endsPage: boolean;
}

/**
 * Puts the packets of one stream together from its pages, given in order. What continues a packet
 * whose beginning was not given is passed over; sequence numbers are not looked at.
 */
export class PacketReader {
  #pieces: Uint8Array[] = [];

  /** The packets that end on this page; `body` is the page's. */
  *packets({ segments, continues }: OggPage, body: Uint8Array): Generator<Packet, void> {
    let skipping = continues && this.#pieces.length === 0;
    let [start, at] = [0, 0];
    for (const [index, length] of segments.entries()) {
      at += length;
      if (length === FULL_SEGMENT) continue;
      const piece = body.slice(start, at);
      start = at;
      const bytes = this.#pieces.length === 0 ? piece : concat([...this.#pieces, piece]);
      this.#pieces = [];
      if (!skipping) yield { bytes, endsPage: index === segments.length - 1 };
      skipping = false;
    }
    if (at > start && !skipping) this.#pieces.push(body.slice(start, at));
  }

  /** What there is of a packet that has not ended; null where every one has. */
  get unfinished(): Uint8Array | null {
    return this.#pieces.length === 0 ? null : concat(this.#pieces);
  }
}

/** The segments of a packet that ends: full ones, and one under 255. */
export const lacingOf = (length: number): number[] => [
  ...new Array<number>(Math.floor(length / FULL_SEGMENT)).fill(FULL_SEGMENT),
  length % FULL_SEGMENT,
];

export interface PageNumbers {
  readonly serial: number;
  /** Of the first page. */
  readonly sequence: number;
  /** The position of every page on which a packet ends: 0 for headers. */
  readonly granule?: number;
  /** The first page begins the stream. */
  readonly beginsStream?: boolean;
}

/**
 * Packets laid into as few pages as hold them, the first of which begins with the first packet. A
 * page on which no packet ends has the position -1 (RFC 3533 §6).
 */
export function paginate(
  packets: readonly Uint8Array[],
  { serial, sequence, granule = 0, beginsStream = false }: PageNumbers,
): { readonly bytes: Uint8Array; readonly count: number } {
  const lacing = packets.flatMap(({ length }) => lacingOf(length));
  const body = concat(packets);
  const pages: Uint8Array[] = [];
  let used = 0;
  for (let first = 0; first < lacing.length; first += MAX_SEGMENTS) {
    const segments = lacing.slice(first, first + MAX_SEGMENTS);
    const size = segments.reduce((sum, length) => sum + length, 0);
    const page = new Uint8Array(PAGE_HEADER + segments.length + size);
    page.set(fromLatin1("OggS"));
    page[5] =
      (lacing[first - 1] === FULL_SEGMENT ? pageFlag.continues : 0) |
      (beginsStream && first === 0 ? pageFlag.beginsStream : 0);
    if (segments.some((length) => length < FULL_SEGMENT)) putU64le(page, 6, granule);
    else page.fill(0xff, 6, 14);
    putU32le(page, 14, serial);
    putU32le(page, 18, sequence + pages.length);
    page[26] = segments.length;
    page.set(segments, PAGE_HEADER);
    page.set(body.subarray(used, used + size), PAGE_HEADER + segments.length);
    sealPage(page);
    used += size;
    pages.push(page);
  }
  return { bytes: concat(pages), count: pages.length };
}
