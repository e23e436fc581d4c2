import { latin1, syncsafe, u32be, type ByteSource } from "../bytes";
import { findAudio, mpegFrame } from "./frame";

/** How an MP3 was encoded, which its frames alone do not tell. */
export interface EncoderHints {
  /** LAME's -V quality, 0 (best) to 9; null = constant rate or unknown. */
  readonly lameQuality: number | null;
  /** The file has a variable rate, whatever its quality setting was. */
  readonly variableRate: boolean;
}

export const noHints: EncoderHints = { lameQuality: null, variableRate: false };

/**
 * Whether an MP3 has a variable rate, and LAME's quality setting, from the Xing or VBRI header in
 * its first frame. "Info" instead of "Xing" marks a constant rate.
 */
export function mp3Hints(source: ByteSource): EncoderHints {
  const start = findAudio(source, afterId3(source));
  if (start === null) return noHints;
  const frame = mpegFrame(source.read(start, 4));
  if (!frame) return noHints;
  const sideInfo =
    frame.version === 1 ? (frame.channels === 1 ? 17 : 32) : frame.channels === 1 ? 9 : 17;
  const head = source.read(start + 4, 200);
  if (latin1(head, 32, 36) === "VBRI") return { variableRate: true, lameQuality: null };
  if (latin1(head, sideInfo, sideInfo + 4) !== "Xing") return noHints;
  return { variableRate: true, lameQuality: lameQuality(head, sideInfo) };
}

/** Xing quality is 100 - 10·V - q (LAME's VbrTag.c); the field exists where flag 8 is set. */
function lameQuality(head: Uint8Array, at: number): number | null {
  const flags = u32be(head, at + 4);
  if ((flags & 8) === 0) return null;
  const field = at + 8 + (flags & 1 ? 4 : 0) + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0);
  const encoder = latin1(head, field + 4, field + 8);
  const quality = u32be(head, field);
  if ((encoder !== "LAME" && encoder !== "Lavc" && encoder !== "Lavf") || quality > 100)
    return null;
  const lowNibble = (head[field + 4 + 9] ?? 0) & 15;
  // Methods 3 to 5 are VBR; 2 and 9 are average-rate encodes, whose quality means nothing.
  if (lowNibble < 3 || lowNibble > 6) return null;
  return Math.min(9, Math.max(0, Math.floor((100 - quality) / 10)));
}

function afterId3(source: ByteSource): number {
  let offset = 0;
  for (;;) {
    const head = source.read(offset, 10);
    if (latin1(head, 0, 3) !== "ID3") return offset;
    offset += 10 + syncsafe(head, 6) + ((head[5] ?? 0) & 0x10 ? 10 : 0);
  }
}
