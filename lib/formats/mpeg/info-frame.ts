/**
 * The first frame of most MP3 files is silence with a header of the encoder's inside: Xing's
 * ("Info" at a constant rate), with LAME's extension where LAME or its kin wrote it
 * (gabriel.mp3-tech.org/mp3infotag.html), or Fraunhofer's VBRI. ISO 11172-3 knows nothing of them.
 */
import { has, latin1, u16be, u32be, type ByteSource } from "../bytes";
import {
  hasCrc,
  headerAt,
  isHeader,
  layer,
  LAYER_3,
  samplesPerFrame,
  sideInfoLength,
} from "./header";
import { mp3Layout } from "./layout";
import { findStream, REACH } from "./sync";

export interface InfoFrame {
  readonly mark: "Xing" | "Info" | "VBRI";
  /** Frames of audio behind this one; null where the header does not say. */
  readonly frames: number | null;
  /** Samples a channel that each of them decodes to. */
  readonly samplesPerFrame: number;
  /** 0…100 as Xing defined it; null where the header does not say. */
  readonly quality: number | null;
  readonly lame: LameExtension | null;
}

interface LameExtension {
  /** The encoder's name and version, nine characters. */
  readonly encoder: string;
  /** 1 and 8 are constant rates, 2 and 9 average ones, 3 to 6 variable ones. */
  readonly method: number;
  /** Samples that the encoder put in front of the music, and behind it. */
  readonly delay: number;
  readonly padding: number;
}

/** Bytes from the frame's start to the end of LAME's delay and padding, at most. */
const INFO_BYTES = 4 + 2 + 32 + 8 + 4 + 4 + 100 + 4 + 24;
/** VBRI stands where the side information of MPEG-1 stereo would end. */
const VBRI_AT = 4 + 32;

/** Null where the frame at `at` is one of audio. */
export function readInfoFrame(bytes: Uint8Array, at: number): InfoFrame | null {
  const header = headerAt(bytes, at);
  if (!isHeader(header) || layer(header) !== LAYER_3) return null;
  const base = {
    samplesPerFrame: samplesPerFrame(header),
    frames: null,
    quality: null,
    lame: null,
  };
  if (has(bytes, at + VBRI_AT, "VBRI")) return { ...base, mark: "VBRI" };
  const behindSideInfo = at + 4 + sideInfoLength(header);
  // Encoders disagree whether the CRC moves the mark.
  for (const place of hasCrc(header) ? [behindSideInfo, behindSideInfo + 2] : [behindSideInfo])
    for (const mark of ["Xing", "Info"] as const)
      if (has(bytes, place, mark)) return { ...base, mark, ...readXing(bytes, place) };
  return null;
}

function readXing(
  bytes: Uint8Array,
  start: number,
): Pick<InfoFrame, "frames" | "quality" | "lame"> {
  const flags = u32be(bytes, start + 4);
  let at = start + 8;
  const field = (flag: number, length: number): number | null => {
    if ((flags & flag) === 0) return null;
    at += length;
    return u32be(bytes, at - length);
  };
  const frames = field(1, 4);
  field(2, 4);
  field(4, 100);
  const quality = field(8, 4);
  // Encoders that write to a pipe leave the count at 0.
  return { frames: frames === 0 ? null : frames, quality, lame: readLame(bytes, at) };
}

function readLame(bytes: Uint8Array, at: number): LameExtension | null {
  const encoder = latin1(bytes, at, at + 9);
  if (!/^(LAME|Lav[fc]|GOGO|L3\.9)/.test(encoder)) return null;
  return {
    encoder,
    method: (bytes[at + 9] ?? 0) & 15,
    delay: u16be(bytes, at + 21) >> 4,
    padding: u16be(bytes, at + 22) & 0xfff,
  };
}

/** The Xing, Info or VBRI header of an MP3, behind whatever tags and junk. */
export function infoFrameOf(source: ByteSource): InfoFrame | null {
  const { audioStart, audioEnd } = mp3Layout(source);
  const first = findStream(source, audioStart, audioEnd, REACH);
  return first === null ? null : readInfoFrame(source.read(first.offset, INFO_BYTES), 0);
}
