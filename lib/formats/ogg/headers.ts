/** The header packets with which an audio stream in Ogg begins. */
import { has, windowed, type ByteSource } from "../bytes";
import { isOpusHead } from "./opus-head";
import { PacketReader } from "./packets";
import { readPages } from "./page";

export type OggCodec = "vorbis" | "opus" | "flac" | "speex";

/** What a stream is, by its first packet; null where it is no audio that is known here. */
export function oggCodec(packet: Uint8Array): OggCodec | null {
  if (has(packet, 0, "\x01vorbis")) return "vorbis";
  if (isOpusHead(packet)) return "opus";
  if (has(packet, 0, "\x7fFLAC")) return "flac";
  if (has(packet, 0, "Speex   ")) return "speex";
  return null;
}

export interface OggHeaders {
  readonly codec: OggCodec;
  readonly serial: number;
  /** Whole packets in order, at most as many as asked for; the last may be `partial`. */
  readonly packets: readonly Uint8Array[];
  /** The last packet did not end before the pages did. */
  readonly partial: boolean;
  /** Offset just behind the page on which the last packet ended. */
  readonly end: number;
  /** That page held nothing but these packets. */
  readonly endsPage: boolean;
  /** Sequence number of that page. */
  readonly lastSequence: number;
  /** Pages of other streams came before the end. */
  readonly interleaved: boolean;
  /** Serial numbers of all streams that began together. */
  readonly serials: ReadonlySet<number>;
}

/** Bytes between two pages that may be none. */
const REACH = 1 << 16;
const MAX_SERIALS = 64;
/** Pages of another stream that may come in between. */
const MAX_SKIPPED = 10_000;

/**
 * The first `count` packets (as many as the codec has headers) of the first audio stream.
 * Null when there is none. `limit` bounds the bytes that are kept.
 */
export function readOggHeaders(
  file: ByteSource,
  count: (codec: OggCodec) => number,
  limit: number,
): OggHeaders | null {
  const source = windowed(file);
  const reader = new PacketReader();
  const packets: Uint8Array[] = [];
  const serials = new Set<number>();
  let stream: { readonly codec: OggCodec; readonly serial: number } | null = null;
  let [end, lastSequence] = [0, 0];
  let [interleaved, partial, endsPage] = [false, true, true];
  let [kept, skipped] = [0, 0];
  for (const page of readPages(source, 0, REACH)) {
    const body = source.read(page.body, page.end - page.body);
    if (page.beginsStream && serials.size < MAX_SERIALS) serials.add(page.serial);
    if (stream === null) {
      if (!page.beginsStream) return null;
      const codec = oggCodec(body);
      if (codec !== null) stream = { codec, serial: page.serial };
      else interleaved = true;
    }
    if (stream === null) continue;
    if (page.serial !== stream.serial) {
      interleaved = true;
      if (++skipped > MAX_SKIPPED) break;
      continue;
    }
    [end, lastSequence] = [page.end, page.sequence];
    const wanted = count(stream.codec);
    for (const packet of reader.packets(page, body)) {
      packets.push(packet.bytes);
      if (packets.length < wanted) continue;
      [partial, endsPage] = [false, packet.endsPage];
      break;
    }
    kept += page.end - page.offset;
    if (!partial || kept > limit) break;
  }
  if (stream === null) return null;
  const rest = partial ? reader.unfinished : null;
  if (rest !== null) packets.push(rest);
  return { ...stream, packets, partial, end, endsPage, lastSequence, interleaved, serials };
}
