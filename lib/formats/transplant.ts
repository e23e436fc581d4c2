import type { ByteSource } from "./bytes";
import { transplantApe } from "./ape/transplant";
import { transplantAsf } from "./asf/transplant";
import { transplantAiff } from "./iff/aiff";
import { transplantFlac } from "./flac/transplant";
import { transplantMp3 } from "./mpeg/transplant";
import { transplantMp4 } from "./mp4/transplant";
import { transplantOggFlac } from "./ogg/flac-transplant";
import { transplantOgg } from "./ogg/transplant";
import { transplantWav } from "./iff/wav";
import type { CarriedKind, Kind, TransplantOptions, TransplantResult } from "./types";

/**
 * Puts the source's tags and covers around the encoded audio: byte for byte, without the loudness
 * tags that are wrong now. Reads both files only where tags lie. Pure: the caller puts the parts
 * together. Damage in the source's tags leads to its intact part being carried, or to a refusal.
 */
export function transplantTags(
  source: ByteSource,
  encoded: ByteSource,
  kind: CarriedKind,
  options: TransplantOptions = {},
): TransplantResult {
  return carriers[kind](source, encoded, options);
}

type Carrier = (
  source: ByteSource,
  encoded: ByteSource,
  options: TransplantOptions,
) => TransplantResult;

const carriers: Record<CarriedKind, Carrier> = {
  mp3: transplantMp3,
  flac: transplantFlac,
  ogg: transplantOgg,
  opus: transplantOgg,
  m4a: transplantMp4,
  wav: transplantWav,
  aiff: transplantAiff,
  oggflac: transplantOggFlac,
  wma: transplantAsf,
  wavpack: transplantApe(/^wvpk/),
  tta: transplantApe(/^TTA[12]/),
};

const carriedOnly: readonly string[] = ["oggflac", "wma", "wavpack", "tta"];

/** Whether a file of this kind can get the tags of another one of the same kind. */
export const isCarriedKind = (name: string): name is CarriedKind => Object.hasOwn(carriers, name);

/** Whether tags of a file of this kind can be read and written here. */
export const isKind = (name: string): name is Kind =>
  isCarriedKind(name) && !carriedOnly.includes(name);
