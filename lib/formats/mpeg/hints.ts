import type { ByteSource } from "../bytes";
import { infoFrameOf, type InfoFrame } from "./info-frame";

/** How an MP3 was encoded, which its frames alone do not tell. */
export interface EncoderHints {
  /** LAME's -V quality, 0 (best) to 9; null = constant rate or unknown. */
  readonly lameQuality: number | null;
  /** The file has a variable rate, whatever its quality setting was. */
  readonly variableRate: boolean;
}

export const noHints: EncoderHints = { lameQuality: null, variableRate: false };

/** "Info" instead of "Xing" marks a constant rate. */
export function mp3Hints(source: ByteSource): EncoderHints {
  const info = infoFrameOf(source);
  if (info === null || info.mark === "Info") return noHints;
  return { variableRate: true, lameQuality: lameQuality(info) };
}

/** LAME's quality is 100 - 10·V - q (its VbrTag.c). */
function lameQuality({ quality, lame }: InfoFrame): number | null {
  if (quality === null || quality > 100 || lame === null || lame.encoder.startsWith("GOGO"))
    return null;
  // Of average-rate encodes the quality means nothing.
  if (lame.method < 3 || lame.method > 6) return null;
  return Math.min(9, Math.max(0, Math.floor((100 - quality) / 10)));
}
