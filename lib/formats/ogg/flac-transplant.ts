/** FLAC in Ogg (RFC 9639 §10.1): each metadata block is a packet, the comment the first of them. */
import { bytesSource, concat, fromLatin1, u24be, type ByteSource } from "../bytes";
import { flacBlock, flacLayout, readBlock } from "../flac/layout";
import { transplantFlac } from "../flac/transplant";
import { assemble, tidy } from "../parts";
import { MAX_CARRIED_BYTES, type TransplantOptions, type TransplantResult } from "../types";
import { buildVorbisComment } from "../vorbis-comment";
import { readOggHeaders, type OggHeaders } from "./headers";
import { paginate } from "./packets";
import { readPage, renumber } from "./page";

/** `\x7fFLAC`, version, and the number of header packets behind this one; then the native file. */
const MAPPING = 9;
const COUNT_AT = 7;
const LAST_BLOCK = 0x80;
/** Where the first packet does not say how many follow. */
const MOST_UNTOLD = 64;

interface FlacHeaders {
  readonly headers: OggHeaders;
  /** All metadata blocks, each with its own header. */
  readonly blocks: readonly Uint8Array[];
}

function flacHeaders(source: ByteSource): FlacHeaders | null {
  const [first] = readOggHeaders(source, () => 1, 1 << 16)?.packets ?? [];
  const told = (first?.[COUNT_AT] ?? 0) * 256 + (first?.[COUNT_AT + 1] ?? 0);
  const count = 1 + (told || MOST_UNTOLD);
  const headers = readOggHeaders(source, () => count, MAX_CARRIED_BYTES);
  if (headers?.codec !== "flac") return null;
  const [identification, ...rest] = headers.packets;
  const blocks = [identification!.subarray(MAPPING + 4)];
  for (const packet of rest) {
    if (((blocks.at(-1)![0] ?? 0) & LAST_BLOCK) !== 0) break;
    if (packet.length !== 4 + u24be(packet, 1)) return null;
    blocks.push(packet);
  }
  return { headers, blocks };
}

/** What stands in front of the sound, as a FLAC file of its own; null where it is no FLAC in Ogg. */
export function flacOfOgg(source: ByteSource): ByteSource | null {
  const found = flacHeaders(source);
  return found && fileOf(found.blocks);
}

function fileOf(blocks: readonly Uint8Array[]): ByteSource {
  const marked = blocks.map((block, index) => marking(block, index === blocks.length - 1));
  return bytesSource(concat([fromLatin1("fLaC"), ...marked]));
}

function marking(block: Uint8Array, last: boolean): Uint8Array {
  const own = block.slice();
  own[0] = (own[0]! & ~LAST_BLOCK) | (last ? LAST_BLOCK : 0);
  return own;
}

const emptyComment = buildVorbisComment(new Uint8Array(0), []);

export function transplantOggFlac(
  source: ByteSource,
  encoded: ByteSource,
  options: TransplantOptions,
): TransplantResult {
  const from = flacOfOgg(source);
  if (from === null) return { kind: "refused", reason: "source-not-recognised" };
  const to = flacHeaders(encoded);
  const [identification] = to?.headers.packets ?? [];
  const firstPage = readPage(encoded, 0);
  if (!to || !identification || !firstPage || to.headers.partial || to.headers.interleaved)
    return { kind: "refused", reason: "encoded-not-recognised" };
  const { serial, end, lastSequence, packets, endsPage } = to.headers;
  const alone = firstPage.end - firstPage.body === identification.length;
  if (!alone || !endsPage || packets.length !== to.blocks.length)
    return { kind: "refused", reason: "encoded-not-recognised" };

  const target = fileOf(to.blocks);
  const result = transplantFlac(from, target, options);
  if (result.kind === "refused") return result;
  const made = bytesSource(assemble(result.parts, target));
  const [info, ...others] = flacLayout(made)!.blocks;
  const isComment = ({ type }: { readonly type: number }) => type === flacBlock.vorbisComment;
  const carried = [...others.filter(isComment), ...others.filter((block) => !isComment(block))]
    // Seek points are of no use in Ogg.
    .filter(({ type }) => type !== flacBlock.seekTable)
    .map((block) => ({ type: block.type, content: readBlock(made, block) }));
  if (!carried.some(isComment))
    carried.unshift({ type: flacBlock.vorbisComment, content: emptyComment });
  const blocks = carried.map(({ type, content }, index) => {
    const { length } = content;
    const head = Uint8Array.of(type, length >> 16, length >> 8, length);
    return marking(concat([head, content]), index === carried.length - 1);
  });
  const first = concat([
    identification.subarray(0, MAPPING + 4),
    Uint8Array.of(flacBlock.streamInfo, 0, 0, info!.length),
    readBlock(made, info!),
  ]);
  first[COUNT_AT] = blocks.length >> 8;
  first[COUNT_AT + 1] = blocks.length;
  const { sequence } = firstPage;
  const opening = paginate([first], { serial, sequence, beginsStream: true });
  const pages = paginate(blocks, { serial, sequence: sequence + 1 });
  const audio = renumber(encoded, end, serial, sequence + pages.count - lastSequence);
  if (audio === null) return { kind: "refused", reason: "encoded-not-recognised" };
  return { ...result, parts: tidy([opening.bytes, pages.bytes, ...audio]) };
}
