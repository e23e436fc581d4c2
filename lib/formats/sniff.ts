import { bytesSource, latin1 } from "./bytes";
import { isStreamAt } from "./mpeg/sync";

/** Enough of a file's head for `looksLikeSong`. */
export const SNIFF_BYTES = 4096;

/** What songs and films begin with, a byte a character. */
const beginnings = [
  /^(fLaC|OggS|ID3|RIFF.{4}(WAVE|AVI )|RF64|BW64|riff\.\x91\xcf\x11|FORM.{4}AIF|caff|\.snd)/s,
  /^(wvpk|TTA[12]|MAC |MP\+|MPCK|tBaK|#!AMR|DSD |FRM8)/,
  /^(.{4}ftyp|\x30\x26\xb2\x75\x8e\x66\xcf\x11|\x1a\x45\xdf\xa3|FLV\x01)/s,
];

/** Major brands of pictures in MP4's container (ISO 23008-12, AVIF, Canon's CR3). */
const picture = /^.{4}ftyp(hei|hev|mif|msf1|avif|avis|crx )/s;

/** Whether a file that is not named like a song begins like one. MPEG frames have no magic number. */
export function looksLikeSong(head: Uint8Array): boolean {
  const text = latin1(head, 0, 16);
  if (picture.test(text)) return false;
  return (
    beginnings.some((beginning) => beginning.test(text)) ||
    isStreamAt(bytesSource(head), 0, head.length)
  );
}
