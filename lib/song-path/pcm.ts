import type { VirtualFile } from "@/lib/ffmpeg/instance";
import { readInto, type ByteSource } from "@/lib/formats/bytes";
import type { Scratch } from "@/lib/storage/scratch";

export const BYTES_PER_SAMPLE = 4;

/** Interleaved f32 samples as a virtual file that ffmpeg writes: each write is handed on at once. */
export function pcmSink(receive: (samples: Float32Array) => void): VirtualFile {
  let size = 0;
  return {
    get size() {
      return size;
    },
    write(position, bytes) {
      if (position !== size) throw new Error("PCM was written out of order.");
      size += bytes.length;
      receive(samplesOf(bytes));
    },
  };
}

/**
 * Interleaved f32 samples as a virtual file that ffmpeg reads from front to back. `pull` gives the
 * next chunk of any length, null at the end. `size` must be known: ffmpeg asks for it.
 */
export function pcmSource(size: number, pull: () => Float32Array | null): VirtualFile {
  let delivered = 0;
  let waiting: Uint8Array = new Uint8Array(0);
  return {
    size,
    read(position, target) {
      if (position !== delivered) throw new Error("PCM was read out of order.");
      let filled = 0;
      while (filled < target.length) {
        if (waiting.length === 0) {
          const chunk = pull();
          if (chunk === null) break;
          waiting = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
          continue;
        }
        const part = waiting.subarray(0, target.length - filled);
        target.set(part, filled);
        filled += part.length;
        waiting = waiting.subarray(part.length);
      }
      delivered += filled;
      return filled;
    },
  };
}

/** Reads a scratch of f32 samples from front to back in chunks of whole frames. */
export function pcmChunks(scratch: Scratch, channels: number): () => Float32Array | null {
  const chunk = new Float32Array(16_384 * channels);
  const bytes = new Uint8Array(chunk.buffer);
  let position = 0;
  return () => {
    const read = scratch.read(position, bytes);
    position += read;
    return read === 0 ? null : chunk.subarray(0, Math.floor(read / BYTES_PER_SAMPLE));
  };
}

/** A song's bytes as a file that ffmpeg reads. */
export const sourceFile = (source: ByteSource): VirtualFile => ({
  size: source.size,
  read: (position, target) => readInto(source, position, target),
});

function samplesOf(bytes: Uint8Array): Float32Array {
  const aligned = bytes.byteOffset % BYTES_PER_SAMPLE === 0 ? bytes : bytes.slice();
  return new Float32Array(
    aligned.buffer,
    aligned.byteOffset,
    Math.floor(aligned.length / BYTES_PER_SAMPLE),
  );
}
