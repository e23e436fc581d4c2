import { latin1, putU32le, putU64le, type ByteSource } from "../bytes";
import { soundData, type SoundData } from "./sound-data";
import { containerBits, wavTag, withBits } from "./wav-format";

interface Patch {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * A WAV, RF64 or W64 file with a header that ffmpeg 5.1 reads as it is meant; of the same size, and
 * itself where nothing has to be mended. Sizes that a writer left open become what there is; samples
 * in wider containers are said to fill them, which only adds bits that are 0: ffmpeg takes 24 bits
 * in containers of 32 for floating point, and lays others of them out as if packed.
 */
export function readableWav(source: ByteSource): ByteSource {
  const head = latin1(source.read(0, 12));
  const container = /^(RIFF|RF64|BW64).{4}WAVE$/s.test(head) ? "wav" : "w64";
  const data = container === "wav" || head.startsWith("riff") ? soundData(source, container) : null;
  if (!data) return source;
  const patches = [...openSize(data, source.size, container), ...fullContainers(source, data)];
  return patches.length === 0 ? source : patched(source, patches);
}

function openSize(data: SoundData, fileSize: number, container: "wav" | "w64"): Patch[] {
  const { stated, sizeAt, offset } = data;
  const size = fileSize - offset;
  // Larger ones ffmpeg reads to the end by itself.
  if (stated !== null || (sizeAt.bytes === 4 && size >= 0xffff_ffff)) return [];
  const bytes = new Uint8Array(sizeAt.bytes);
  if (sizeAt.bytes === 4) putU32le(bytes, 0, size);
  else putU64le(bytes, 0, container === "w64" ? size + 24 : size);
  return [{ offset: sizeAt.offset, bytes }];
}

function fullContainers(source: ByteSource, { format, offset }: SoundData): Patch[] {
  if (!format) return [];
  const { is } = format;
  const bits = containerBits(is);
  const isFloat = is.tag === wavTag.float;
  if ((is.tag !== wavTag.pcm && !isFloat) || bits === null || bits > 64) return [];
  if (is.bits === bits && is.validBits === bits) return [];
  if (isFloat && bits !== 32 && bits !== 64) return [];
  // Cool Edit's floats of 24 bits before the point, which ffmpeg knows by the same header.
  if (!is.extensible && is.bits === 24 && bits === 32 && areFloats(source, offset)) return [];
  const content = source.read(format.offset, is.extensible ? 26 : 16);
  return [{ offset: format.offset, bytes: withBits(content, is, bits) }];
}

/** Values within 24 bits, as floating point would have them, in all that is not silence. */
function areFloats(source: ByteSource, offset: number): boolean {
  const bytes = source.read(offset, Math.min(1 << 16, source.size - offset)).slice();
  const view = new DataView(bytes.buffer);
  let heard = 0;
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const value = Math.abs(view.getFloat32(at, true));
    if (value === 0) continue;
    if (!(value > 1e-3 && value < 1 << 25)) return false;
    heard++;
  }
  return heard > 0;
}

function patched(source: ByteSource, patches: readonly Patch[]): ByteSource {
  const mend = (bytes: Uint8Array, from: number) => {
    for (const { offset, bytes: patch } of patches)
      for (let i = 0; i < patch.length; i++) {
        const at = offset + i - from;
        if (at >= 0 && at < bytes.length) bytes[at] = patch[i]!;
      }
  };
  const touches = (from: number, length: number) =>
    patches.some(({ offset, bytes }) => offset < from + length && offset + bytes.length > from);
  return {
    size: source.size,
    read(offset, length) {
      const bytes = source.read(offset, length);
      if (!touches(offset, bytes.length)) return bytes;
      const own = bytes.slice();
      mend(own, offset);
      return own;
    },
  };
}
