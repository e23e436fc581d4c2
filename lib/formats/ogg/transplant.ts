/** Comments of Ogg Vorbis (Vorbis I §4.2, Annex A) and Ogg Opus (RFC 7845). */
import { concat, fromLatin1, lastIndexOfText, windowed, type ByteSource } from "../bytes";
import { r128Tags, replayGainTags } from "../loudness-tags";
import { tidy } from "../parts";
import { Report } from "../report";
import { MAX_CARRIED_BYTES, type TransplantOptions, type TransplantResult } from "../types";
import {
  buildVorbisComment,
  carryEntries,
  parseVorbisComment,
  type VorbisComment,
} from "../vorbis-comment";
import { commentBody, oggComment, OPUS_MARK, VORBIS_MARK } from "./comment";
import { readOggHeaders } from "./headers";
import { paginate } from "./packets";
import { findPage, readPage, renumber } from "./page";

export function transplantOgg(
  source: ByteSource,
  encoded: ByteSource,
  options: TransplantOptions,
): TransplantResult {
  const from = oggComment(source);
  if (from === null) return { kind: "refused", reason: "source-not-recognised" };
  const { comment } = from;
  const carried = comment.entries.reduce((sum, entry) => sum + entry.length, 0);
  if (carried > MAX_CARRIED_BYTES || (from.headers.partial && from.headers.end > MAX_CARRIED_BYTES))
    return { kind: "refused", reason: "tags-too-large" };

  const to = readOggHeaders(encoded, (codec) => (codec === "vorbis" ? 3 : 2), MAX_CARRIED_BYTES);
  const [identification, commentPacket, setup] = to?.packets ?? [];
  if (to === null || to.partial || !to.endsPage || to.interleaved || identification === undefined)
    return { kind: "refused", reason: "encoded-not-recognised" };
  const encodedBody = commentBody(commentPacket, to.codec);
  const firstPage = readPage(encoded, 0);
  // The identification header has a page of its own in both codecs.
  const alone = firstPage !== null && firstPage.end - firstPage.body === identification.length;
  if (encodedBody === null || !alone || (to.codec !== "vorbis" && to.codec !== "opus"))
    return { kind: "refused", reason: "encoded-not-recognised" };

  const report = new Report(options);
  if (isChained(source, from.headers.serials)) {
    if (report.sameSound) return { kind: "refused", reason: "several-streams" };
    report.note("first-of-chain-only");
  }
  const encodedComment = parseVorbisComment(encodedBody);
  const add =
    options.loudness == null
      ? []
      : to.codec === "opus"
        ? r128Tags(options.loudness)
        : replayGainTags(options.loudness);
  const entries = carryEntries(comment, encodedComment, add, report);
  const sameCodec = from.headers.codec === to.codec;
  // What stands behind the list stays in the file that it is of; in Vorbis it begins with a bit.
  const behind = report.sameSound ? comment.trailing : null;
  const framing = behind !== null && behind.length > 0 ? behind : Uint8Array.of(1);
  const packets =
    to.codec === "opus"
      ? [
          concat([
            fromLatin1(OPUS_MARK),
            // Behind the list may be padding, or data to keep if its first bit is set (§5.2).
            buildVorbisComment(
              encodedComment.vendor,
              entries,
              behind ?? keptExtension(comment, sameCodec),
            ),
          ]),
        ]
      : [
          concat([
            fromLatin1(VORBIS_MARK),
            buildVorbisComment(encodedComment.vendor, entries, framing),
          ]),
          ...(setup === undefined ? [] : [setup]),
        ];
  const { bytes: pages, count } = paginate(packets, {
    serial: to.serial,
    sequence: firstPage.sequence + 1,
  });
  const delta = firstPage.sequence + count - to.lastSequence;
  const audio =
    delta === 0
      ? [{ from: "encoded" as const, offset: to.end, length: encoded.size - to.end }]
      : renumber(encoded, to.end, to.serial, delta);
  if (audio === null) return { kind: "refused", reason: "encoded-not-recognised" };
  return {
    kind: "done",
    parts: tidy([{ from: "encoded", offset: 0, length: firstPage.end }, pages, ...audio]),
    removed: report.removed,
    outdated: report.outdated,
    notes: report.notes,
  };
}

const keptExtension = (comment: VorbisComment, sameCodec: boolean): Uint8Array =>
  sameCodec && ((comment.trailing[0] ?? 0) & 1) === 1 ? comment.trailing : new Uint8Array(0);

/** In a chain the last page belongs to a stream that did not begin at the start. */
function isChained(source: ByteSource, serials: ReadonlySet<number>): boolean {
  const start = Math.max(0, source.size - (1 << 16) - 27 - 255);
  const last = lastIndexOfText(source.read(start, source.size - start), "OggS");
  if (last < 0) return false;
  const page = findPage(windowed(source), start + last, 64);
  return page !== null && !serials.has(page.serial);
}
