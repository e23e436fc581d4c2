import { bytesSource } from "@/lib/formats/bytes";
import { blobSource } from "./blob-source";
import type { FileSource } from "./windowed-source";

/**
 * Bytes of a file that is read whole before its song begins: room for most songs that are not
 * lossless. Larger ones are read through windows, so that memory does not grow with them.
 */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * One buffer for the files of one song after another. Reading a file in one go costs half of what
 * reading it in pieces does, each of which is a trip to the browser process; and memory that was
 * used before costs nothing, while the system clears every page of fresh memory.
 */
export class SourceBuffer {
  /** Once there is a file, `MOST_BYTES`; of these, what no file has reached takes no memory. */
  #buffer = new ArrayBuffer(0);

  /** What it gives holds until the next file is opened. `onPart` hears that bytes arrive. */
  async open(file: Blob, onPart: () => void): Promise<FileSource> {
    if (file.size > MOST_BYTES) return blobSource(file);
    if (this.#buffer.byteLength === 0) this.#buffer = new ArrayBuffer(MOST_BYTES);
    const asked = performance.now();
    const filled = await this.#fill(file, onPart);
    const waited = (performance.now() - asked) / 1000;
    // A file that cannot be read says why when it is read again, in its place on the song's way.
    if (filled !== file.size) return blobSource(file);
    return { ...bytesSource(new Uint8Array(this.#buffer, 0, filled)), waited };
  }

  /** Bytes that could be read. */
  async #fill(file: Blob, onPart: () => void): Promise<number> {
    let filled = 0;
    try {
      const reader = file.stream().getReader({ mode: "byob" });
      while (filled < file.size) {
        // The reader takes the buffer and gives it back with every part.
        const { value, done } = await reader.read(
          new Uint8Array(this.#buffer, filled, file.size - filled),
        );
        if (value) this.#buffer = value.buffer;
        if (done) break;
        filled += value.length;
        onPart();
      }
    } catch {
      // The buffer may be gone with the reader.
      this.#buffer = new ArrayBuffer(0);
    }
    return filled;
  }
}
