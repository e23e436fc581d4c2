/** Where the sound lies in files of chunks whose header tells its bytes, and how many it tells of. */
import { has, u32be, u64be, u64le, windowed, type ByteSource } from "../bytes";
import { aiffChunks } from "./aiff";
import { isStreamedSize, wavLayout } from "./wav";
import { readWavFormat, type WavFormat } from "./wav-format";

export interface SoundData {
  readonly offset: number;
  /** Bytes by the header; null where its writer could not go back to fill it in. */
  readonly stated: number | null;
  /** Where that number stands: byte offset and width. */
  readonly sizeAt: { readonly offset: number; readonly bytes: 4 | 8 };
  /** WAV and W64. */
  readonly format: { readonly offset: number; readonly is: WavFormat } | null;
  /** AIFF: frames by the header. */
  readonly frames: number | null;
}

export function soundData(source: ByteSource, container: string): SoundData | null {
  switch (container) {
    case "wav":
      return ofWav(source);
    case "w64":
      return ofW64(windowed(source));
    case "aiff":
      return ofAiff(source);
    case "caf":
      return ofCaf(windowed(source));
    case "au":
      return ofAu(source);
    default:
      return null;
  }
}

function formatAt(source: ByteSource, offset: number, length: number): SoundData["format"] {
  const is = readWavFormat(source.read(offset, Math.min(length, 64)));
  return is && { offset, is };
}

function ofWav(source: ByteSource): SoundData | null {
  const layout = wavLayout(source);
  const data = layout?.chunks.find(({ id }) => id === "data");
  const format = layout?.chunks.find(({ id }) => id === "fmt ");
  if (!layout || !data) return null;
  const { stated, offset } = data;
  // RF64 has its sizes in `ds64`, the first chunk (Tech 3306 §3).
  const inDs64 = layout.form === "RF64" && u32leIsUnknown(source, offset - 4);
  return {
    offset,
    stated: isStreamedSize(stated, source.size - offset) ? null : stated,
    sizeAt: inDs64 ? { offset: 28, bytes: 8 } : { offset: offset - 4, bytes: 4 },
    format: format ? formatAt(source, format.offset, format.length) : null,
    frames: null,
  };
}

const u32leIsUnknown = (source: ByteSource, at: number): boolean =>
  has(source.read(at, 4), 0, "\xff\xff\xff\xff");

/** Sony's Wave64: GUIDs for names, sizes of 64 bits that count the header, chunks at multiples of 8. */
function ofW64(source: ByteSource): SoundData | null {
  let format: SoundData["format"] = null;
  const header = 24;
  for (let offset = 40, chunks = 0; offset + header <= source.size && chunks < 4096; chunks++) {
    const head = source.read(offset, header);
    const size = u64le(head, 16);
    const [content, length] = [offset + header, size - header];
    if (has(head, 0, "fmt ")) format = formatAt(source, content, length);
    if (has(head, 0, "data")) {
      const stated = isStreamedSize(length, source.size - content) ? null : length;
      return {
        offset: content,
        stated,
        sizeAt: { offset: offset + 16, bytes: 8 },
        format,
        frames: null,
      };
    }
    if (size < header) return null;
    offset += Math.ceil(size / 8) * 8;
  }
  return null;
}

function ofAiff(source: ByteSource): SoundData | null {
  const chunks = aiffChunks(source)?.chunks;
  const data = chunks?.find(({ id }) => id === "SSND");
  const common = chunks?.find(({ id }) => id === "COMM");
  if (!data || !common) return null;
  const offset = data.offset + 8 + u32be(source.read(data.offset, 4), 0);
  const unknown = isStreamedSize(data.stated, source.size - data.offset);
  const frames = u32be(source.read(common.offset, 18), 2);
  return {
    offset,
    stated: unknown ? null : data.stated - 8,
    sizeAt: { offset: data.offset - 4, bytes: 4 },
    format: null,
    frames: unknown || frames === 0 ? null : frames,
  };
}

/** Apple Core Audio Format: a size of -1 reaches to the end. */
function ofCaf(source: ByteSource): SoundData | null {
  for (let offset = 8, chunks = 0; offset + 12 <= source.size && chunks < 4096; chunks++) {
    const head = source.read(offset, 12);
    const size = u64be(head, 4);
    if (has(head, 0, "data")) {
      const stated = isStreamedSize(size, source.size - offset - 12) ? null : size - 4;
      return {
        offset: offset + 16,
        stated,
        sizeAt: { offset: offset + 4, bytes: 8 },
        format: null,
        frames: null,
      };
    }
    offset += 12 + size;
  }
  return null;
}

/** Sun's AU: header length, then the size, all ones where it is unknown. */
function ofAu(source: ByteSource): SoundData | null {
  const head = source.read(0, 24);
  if (!has(head, 0, ".snd")) return null;
  const [offset, size] = [u32be(head, 4), u32be(head, 8)];
  const stated = isStreamedSize(size, source.size - offset) ? null : size;
  return { offset, stated, sizeAt: { offset: 8, bytes: 4 }, format: null, frames: null };
}
