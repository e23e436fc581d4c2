/** Enough of a file's head for `looksLikeSong`. */
export const SNIFF_BYTES = 4096;

const MAGIC: readonly (readonly [
  offset: number,
  text: string,
  then?: readonly [number, string],
])[] = [
  [0, "fLaC"],
  [0, "OggS"],
  [0, "ID3"],
  [0, "RIFF", [8, "WAVE"]],
  [0, "RIFF", [8, "AVI "]],
  [0, "RF64"],
  [0, "BW64"],
  [0, "riff.\x91\xcf\x11"],
  [0, "FORM", [8, "AIF"]],
  [4, "ftyp"],
  [0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11"],
  [0, "wvpk"],
  [0, "TTA1"],
  [0, "TTA2"],
  [0, "MAC "],
  [0, "MP+"],
  [0, "MPCK"],
  [0, "tBaK"],
  [0, "caff"],
  [0, ".snd"],
  [0, "#!AMR"],
  [0, "\x1a\x45\xdf\xa3"],
  [0, "DSD "],
  [0, "FRM8"],
  [0, "FLV\x01"],
];

/** Major brands of pictures (ISO 23008-12, AVIF, Canon's CR3). */
const pictureBrands = ["hei", "hev", "mif", "msf1", "avif", "avis", "crx "];

/**
 * Whether a file that is not named like a song begins like one. MPEG frames have no magic number,
 * so two that follow each other are asked for.
 */
export function looksLikeSong(head: Uint8Array): boolean {
  const has = (offset: number, text: string): boolean =>
    [...text].every((character, index) => head[offset + index] === character.charCodeAt(0));
  // Pictures share the container of MP4: HEIC and AVIF, as phones and cameras write them.
  if (has(4, "ftyp") && pictureBrands.some((brand) => has(8, brand))) return false;
  return (
    MAGIC.some(([offset, text, then]) => has(offset, text) && (!then || has(...then))) ||
    looksLikeMpegAudio(head)
  );
}

const bitRates = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const bitRates2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const RATES = [44_100, 48_000, 32_000];

/** Two MPEG layer III frames (ISO 11172-3 §2.4.1.3) from the first byte on. */
function looksLikeMpegAudio(head: Uint8Array): boolean {
  const first = layer3FrameLength(head, 0);
  return first !== null && layer3FrameLength(head, first) !== null;
}

function layer3FrameLength(bytes: Uint8Array, at: number): number | null {
  const [b0, b1, b2] = [bytes[at], bytes[at + 1], bytes[at + 2]];
  if (b0 !== 0xff || b1 === undefined || b2 === undefined) return null;
  const version = (b1 >> 3) & 3;
  if ((b1 & 0xe0) !== 0xe0 || version === 1 || ((b1 >> 1) & 3) !== 1) return null;
  const rate = RATES[(b2 >> 2) & 3];
  const kilobits = (version === 3 ? bitRates : bitRates2)[b2 >> 4];
  if (!rate || !kilobits) return null;
  const sampleRate = version === 3 ? rate : version === 2 ? rate / 2 : rate / 4;
  return Math.floor(((version === 3 ? 144_000 : 72_000) * kilobits) / sampleRate) + ((b2 >> 1) & 1);
}
