/** Loudness tags into a file whose sound stays as it is. */
import { retagApe } from "./ape/retag";
import { equalBytes, type ByteSource } from "./bytes";
import { retagAiff, retagWav } from "./iff/retag";
import { retagMp4 } from "./mp4/retag";
import { partsSize, partsSource } from "./parts";
import { transplantTags } from "./transplant";
import type { Kind, LoudnessTags, Part, TransplantOptions, TransplantResult } from "./types";

type TaggingResult =
  /** Parts of the file itself. */
  | { readonly kind: "done"; readonly parts: readonly Part[] }
  /** It has these tags, and no others of their kind. */
  | { readonly kind: "unchanged" }
  | Extract<TransplantResult, { kind: "refused" }>;

type Retag = (source: ByteSource, options: TransplantOptions) => TransplantResult;

const around =
  (kind: Kind): Retag =>
  (source, options) =>
    transplantTags(source, source, kind, options);

/** By the probe's name of the container. */
const retaggers: Readonly<Record<string, Retag>> = {
  ...{ mp3: around("mp3"), flac: around("flac"), ogg: around("ogg"), opus: around("opus") },
  ...{ m4a: retagMp4, wav: retagWav, aiff: retagAiff },
  ...{ wavpack: retagApe, ape: retagApe, tta: retagApe },
};

export const canTagLoudness = (container: string): boolean => Object.hasOwn(retaggers, container);

/**
 * ReplayGain 2.0, in Opus `R128_*`, in MP4 `ludt` too, in the place of what the file says of the same:
 * album values stay where none are given. All else stays as it is, byte for byte, but for what tells
 * sizes and places; pages of Ogg may be numbered anew.
 */
export function tagLoudness(
  source: ByteSource,
  container: string,
  loudness: LoudnessTags,
): TaggingResult {
  const retag = retaggers[container];
  if (retag === undefined) return { kind: "refused", reason: "source-not-recognised" };
  const result = retag(source, { loudness, sameSound: true });
  if (result.kind === "refused") return result;
  const { parts } = result;
  return isSame(parts, source) ? { kind: "unchanged" } : { kind: "done", parts };
}

/** Bytes compared at a time. */
const PIECE = 1 << 20;

function isSame(parts: readonly Part[], source: ByteSource): boolean {
  if (partsSize(parts) !== source.size) return false;
  const made = partsSource(parts, source);
  for (let at = 0; at < source.size; at += PIECE)
    if (!equalBytes(made.read(at, PIECE), source.read(at, PIECE))) return false;
  return true;
}
