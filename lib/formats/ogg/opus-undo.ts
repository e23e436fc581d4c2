/**
 * The gain of an Opus file with what leads back to the file before it: a comment
 * `LEVELUP_UNDO=1;units;tags`, where `units` are the 1/256 dB that all changes together added to the
 * output gain, and `tags` the comments that were taken out (`R128_*` and others tell the loudness of
 * the old gain, RFC 7845 §5.2.1). Of chained streams the first holds it for all.
 */
import { type Decibels, decibels } from "@/lib/loudness/units";
import { bytesSource, concat, fromLatin1 } from "../bytes";
import { isLoudnessName } from "../loudness-tags";
import { assemble } from "../parts";
import { formatTakenOut, parseTakenOut, putBack, type TakenOut, takeOut } from "../taken-out";
import { MAX_CARRIED_BYTES } from "../types";
import {
  buildVorbisComment,
  commentEntry,
  entryName,
  entryText,
  parseVorbisComment,
  type VorbisComment,
} from "../vorbis-comment";
import { commentBody, OPUS_MARK } from "./comment";
import { type OggHeaders, readOggHeaders } from "./headers";
import { applyOpusGain, type OpusGainRefusal, type OpusGainResult } from "./opus-gain";
import { paginate } from "./packets";
import { readPage, renumber } from "./page";

interface OpusUndoRefusal {
  readonly kind: "refused";
  readonly reason:
    | OpusGainRefusal["reason"]
    /** Comments that are damaged, or lie among other streams: nothing can be written into them safely. */
    | "damaged-comment"
    /** The tags that are to be taken out are too large to be kept for undo. */
    | "too-much-to-record"
    | "damaged-undo"
    /** No change is recorded in the file. Only from undo. */
    | "nothing-to-undo";
}

interface Source {
  readonly headers: OggHeaders;
  /** Where the pages of comments begin, and the number of the first. */
  readonly start: number;
  readonly sequence: number;
  readonly comment: VorbisComment;
  readonly record: UndoRecord | null;
}

interface UndoRecord {
  readonly units: number;
  readonly taken: readonly TakenOut<Uint8Array>[];
}

const UNITS = 256;
const UNDO_KEY = "LEVELUP_UNDO";
/** Bytes of loudness tags; they have some twenty each. */
const MOST_TAKEN = 1 << 15;

const refuse = (reason: OpusUndoRefusal["reason"]): OpusUndoRefusal => ({
  kind: "refused",
  reason,
});

const isLoudness = (entry: Uint8Array): boolean => isLoudnessName(entryName(entry) ?? "");
const isRecord = (entry: Uint8Array): boolean => entryName(entry)?.toUpperCase() === UNDO_KEY;

function findRecord(entries: readonly Uint8Array[]): UndoRecord | "damaged-undo" | null {
  const [entry, ...more] = entries.filter(isRecord);
  if (entry === undefined) return null;
  const [, units, tags = ""] = /^1;([+-]?\d{1,6});([^;]*)$/.exec(entryText(entry)) ?? [];
  const taken = parseTakenOut(tags);
  const whole = taken?.every((each) => isLoudness(each.entry)) === true;
  if (more.length > 0 || units === undefined || !whole) return "damaged-undo";
  return { units: Number(units), taken };
}

function open(bytes: Uint8Array): Source | OpusUndoRefusal {
  const file = bytesSource(bytes);
  const headers = readOggHeaders(file, () => 2, MAX_CARRIED_BYTES);
  if (headers?.codec !== "opus") return refuse("not-ogg-opus");
  const body = commentBody(headers.packets[1], "opus");
  const identification = readPage(file, 0);
  const second = identification && readPage(file, identification.end);
  const alone =
    identification && identification.end - identification.body === headers.packets[0]!.length;
  const apart = !headers.partial && headers.endsPage && !headers.interleaved;
  const comment = body && parseVorbisComment(body);
  if (!alone || !second || !apart || comment?.intact !== true) return refuse("damaged-comment");
  const record = findRecord(comment.entries);
  if (record === "damaged-undo") return refuse(record);
  return { headers, start: second.offset, sequence: second.sequence, comment, record };
}

/** The file with other comments; every byte of audio stays, page numbers move where pages were added. */
function withEntries(
  bytes: Uint8Array,
  { headers, start, sequence, comment }: Source,
  entries: readonly Uint8Array[],
): Uint8Array | null {
  const { serial, end, lastSequence } = headers;
  const packet = concat([
    fromLatin1(OPUS_MARK),
    buildVorbisComment(comment.vendor, entries, comment.trailing),
  ]);
  const { bytes: pages, count } = paginate([packet], { serial, sequence });
  const delta = sequence + count - 1 - lastSequence;
  if (delta === 0) return concat([bytes.subarray(0, start), pages, bytes.subarray(end)]);
  const file = bytesSource(bytes);
  const audio = renumber(file, end, serial, delta);
  return audio && assemble([{ from: "encoded", offset: 0, length: start }, pages, ...audio], file);
}

/** Whether `changeOpusGain` can change this file. Reads only. */
export function planOpusGain(bytes: Uint8Array): { readonly kind: "done" } | OpusUndoRefusal {
  const source = open(bytes);
  if ("kind" in source) return source;
  const heads = applyOpusGain(bytes, decibels(0));
  return heads.kind === "refused" ? heads : { kind: "done" };
}

/**
 * Adds `gain` to the output gain of every stream, takes loudness tags out and records what leads back.
 * A gain that takes all changes back gives the original.
 */
export function changeOpusGain(
  bytes: Uint8Array,
  gain: Decibels,
): OpusGainResult | OpusUndoRefusal {
  const source = open(bytes);
  if ("kind" in source) return source;
  const changed = applyOpusGain(bytes, gain);
  if (changed.kind === "refused" || changed.gain === 0) return changed;
  const units = (source.record?.units ?? 0) + Math.round(changed.gain * UNITS);
  const { kept, taken } = takeOut(source.comment.entries, isLoudness);
  // What was taken out before is what stood there at first.
  const removed = source.record?.taken ?? taken;
  if (removed.reduce((sum, { entry }) => sum + entry.length, 0) > MOST_TAKEN) {
    return refuse("too-much-to-record");
  }
  const record = commentEntry([UNDO_KEY, `1;${units};${formatTakenOut(removed)}`]);
  const entries = units === 0 ? putBack(kept, removed) : [...kept, record];
  const written = withEntries(changed.bytes, source, entries);
  return written ? { ...changed, bytes: written } : refuse("damaged-comment");
}

/** Takes back every recorded change: unless others changed it too, the file is the first original. */
export function undoOpusGain(bytes: Uint8Array): OpusGainResult | OpusUndoRefusal {
  const source = open(bytes);
  if ("kind" in source) return source;
  if (source.record === null) return refuse("nothing-to-undo");
  const { units, taken } = source.record;
  const back = applyOpusGain(bytes, decibels(-units / UNITS));
  if (back.kind === "refused") return back;
  const { kept } = takeOut(source.comment.entries, isLoudness);
  const written = withEntries(back.bytes, source, putBack(kept, taken));
  if (written === null) return refuse("damaged-comment");
  return { kind: "done", bytes: written, gain: decibels(units / UNITS) };
}
