import type { ByteSource } from "@/lib/tags/bytes";
import { FileReadError } from "./file-read-error";

/** One read ahead: large enough that a 10 MB song costs ten trips to the browser process. */
const WINDOW_BYTES = 1 << 20;

export interface BlobSource extends ByteSource {
  /** Seconds that were spent waiting for bytes so far. */
  readonly waited: number;
}

/** A file's bytes, read synchronously (workers only) through one window. */
export function blobSource(blob: Blob): BlobSource {
  const reader = new FileReaderSync();
  let waited = 0;
  const readBlob = (start: number, end: number): Uint8Array => {
    const asked = performance.now();
    try {
      return new Uint8Array(reader.readAsArrayBuffer(blob.slice(start, end)));
    } catch (error) {
      throw new FileReadError(error instanceof DOMException ? error.name : String(error));
    } finally {
      waited += (performance.now() - asked) / 1000;
    }
  };
  let start = 0;
  let window: Uint8Array = new Uint8Array(0);
  return {
    size: blob.size,
    get waited() {
      return waited;
    },
    read(offset, length) {
      const from = Math.max(0, Math.min(offset, blob.size));
      const to = Math.max(from, Math.min(offset + length, blob.size));
      if (from >= start && to <= start + window.length) {
        return window.subarray(from - start, to - start);
      }
      if (to - from > WINDOW_BYTES) return readBlob(from, to);
      start = from;
      window = readBlob(from, Math.min(from + WINDOW_BYTES, blob.size));
      return window.subarray(0, to - from);
    },
  };
}
