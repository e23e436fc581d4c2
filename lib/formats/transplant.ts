import type { ByteSource } from "./bytes";
import { transplantAiff } from "./iff/aiff";
import { transplantFlac } from "./flac/transplant";
import { transplantMp3 } from "./mpeg/transplant";
import { transplantMp4 } from "./mp4/transplant";
import { transplantOgg } from "./ogg/transplant";
import { transplantWav } from "./iff/wav";
import type { Kind, TransplantOptions, TransplantResult } from "./types";

/**
 * Puts the source's tags and covers around the encoded audio: byte for byte, without the loudness
 * tags that are wrong now. Reads both files only where tags lie. Pure: the caller puts the parts
 * together. Damage in the source's tags leads to its intact part being carried, or to a refusal.
 */
export function transplantTags(
  source: ByteSource,
  encoded: ByteSource,
  kind: Kind,
  options: TransplantOptions = {},
): TransplantResult {
  return carriers[kind](source, encoded, options);
}

type Carrier = (
  source: ByteSource,
  encoded: ByteSource,
  options: TransplantOptions,
) => TransplantResult;

const carriers: Record<Kind, Carrier> = {
  mp3: transplantMp3,
  flac: transplantFlac,
  ogg: transplantOgg,
  opus: transplantOgg,
  m4a: transplantMp4,
  wav: transplantWav,
  aiff: transplantAiff,
};

/** Whether tags of a file of this kind can be read and written here. */
export const isKind = (name: string): name is Kind => Object.hasOwn(carriers, name);
