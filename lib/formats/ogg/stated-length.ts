/** How long an Ogg file says that it is: granule positions (RFC 3533 §6, RFC 7845 §4.3). */
import { u16le, u32le, windowed, type ByteSource } from "../bytes";
import { oggCodec, type OggCodec } from "./headers";
import { readPages, type OggPage } from "./page";
import type { StatedLength } from "../types";

/** A logical stream of sound, from its first page to its last. */
interface Link {
  readonly codec: OggCodec;
  readonly serial: number;
  /** Hz, as far as it matters that links differ. */
  readonly rate: number;
  /** The most samples that one packet decodes to. */
  readonly mostPerPacket: number;
  /** Samples in front that players leave out. */
  readonly preSkip: number;
  /** Position before the first sound; null until there is some. */
  start: number | null;
  end: number;
}

/** Null where streams lie in each other, or one of them does not say. */
export function oggLength(file: ByteSource): StatedLength | null {
  const source = windowed(file);
  const links: Link[] = [];
  let last: OggPage | null = null;
  for (const page of readPages(source)) {
    last = page;
    const link = links.at(-1);
    if (page.beginsStream) {
      const begun = linkOf(page, source.read(page.body, page.end - page.body));
      if (begun) links.push(begun);
    } else if (link?.serial === page.serial) {
      if (page.granule !== null) pass(link, page, page.granule);
    } else if (links.some(({ serial }) => serial === page.serial)) return null;
  }
  const [first] = links;
  if (!first || !last || links.some(({ rate }) => rate !== first.rate)) return null;
  const lengths = links.map(({ start, end, preSkip }) =>
    start === null ? 0 : end - start - (start === 0 ? preSkip : 0),
  );
  const samples = lengths.reduce((sum, each) => sum + Math.max(0, each), 0);
  if (!Number.isSafeInteger(samples)) return null;
  // Encoders let the last page of Vorbis claim up to a block more than its packets hold (508 samples
  // were seen, by oggdec too), and FFmpeg gives 128 less of a stream on one page.
  const vorbis = links.filter(({ codec }) => codec === "vorbis");
  const tolerance = vorbis.reduce((sum, { mostPerPacket }) => sum + mostPerPacket, 0);
  return { samples, tolerance, endsInside: isTorn(source, last) };
}

function linkOf(page: OggPage, head: Uint8Array): Link | null {
  const codec = oggCodec(head);
  const { serial } = page;
  const none = { start: null, end: 0, preSkip: 0 };
  const link = { codec: codec!, serial, ...none };
  switch (codec) {
    case "vorbis":
      // Vorbis I §4.2.2: the rate, and the exponents of both block sizes.
      return { ...link, rate: u32le(head, 12), mostPerPacket: 1 << ((head[28] ?? 0) >> 4) };
    case "opus":
      return { ...link, rate: 48_000, mostPerPacket: 5760, preSkip: u16le(head, 10) };
    case "flac":
      return { ...link, rate: 0, mostPerPacket: 65_535 };
    default:
      return null;
  }
}

function pass(link: Link, { segments }: OggPage, granule: number): void {
  if (granule === 0 || !Number.isSafeInteger(granule)) return;
  if (link.start === null) {
    // A recording of a broadcast begins at any position, which is seen when the first page's
    // packets cannot reach it. What they hold is unknown then, and not counted.
    const packets = segments.reduce((sum, length) => sum + (length < 255 ? 1 : 0), 0);
    link.start = granule > packets * link.mostPerPacket ? granule : 0;
  }
  link.end = Math.max(link.end, granule);
}

/** The file ends inside a page, or inside a packet that its last page promised to go on. */
function isTorn(source: ByteSource, last: OggPage): boolean {
  const rest = source.read(last.end, 4);
  return (
    String.fromCharCode(...rest) === "OggS" || (!last.endsStream && last.segments.at(-1) === 255)
  );
}
