import type { ByteSource } from "@/lib/formats/bytes";

/** Bytes of a read ahead where a file is read from front to back: each is a trip to the browser. */
const AHEAD = 2 * 1024 * 1024;
/** Bytes of a look at some other place: headers, tags at the end. */
const LOOK = 64 * 1024;
/** Windows that are kept: front, end, and where the reading goes on. */
const WINDOWS = 4;

/** A file's bytes, and what it took to get them. */
export interface FileSource extends ByteSource {
  /** Seconds that were spent waiting for bytes so far. */
  readonly waited: number;
}

interface Window {
  readonly start: number;
  readonly bytes: Uint8Array;
}

/**
 * A file's bytes through a few windows. `readNow` gives those from `start` to before `end`. Where
 * reading is cheap, `readIntoNow` fills memory that is there, without a window.
 */
export function windowedSource(
  size: number,
  readNow: (start: number, end: number) => Uint8Array,
  readIntoNow?: (start: number, target: Uint8Array) => void,
): FileSource {
  let waited = 0;
  const timed = <T>(read: () => T): T => {
    const asked = performance.now();
    try {
      return read();
    } finally {
      waited += (performance.now() - asked) / 1000;
    }
  };
  /** The latest first. */
  const windows: Window[] = [];
  return {
    size,
    get waited() {
      return waited;
    },
    read(offset, length) {
      const from = Math.max(0, Math.min(offset, size));
      const to = Math.max(from, Math.min(offset + length, size));
      const held = windows.find(({ start, bytes }) => from >= start && to <= start + bytes.length);
      if (held) return held.bytes.subarray(from - held.start, to - held.start);
      if (to - from > AHEAD) return timed(() => readNow(from, to));
      const before = windows.findIndex(
        ({ start, bytes }) => from >= start && from <= start + bytes.length,
      );
      const ahead = before < 0 ? LOOK : AHEAD;
      const bytes = timed(() => readNow(from, Math.min(size, Math.max(to, from + ahead))));
      // What was read through makes room; the looks at front and end stay.
      if (before >= 0 && windows[before]!.bytes.length > LOOK) windows.splice(before, 1);
      windows.unshift({ start: from, bytes });
      windows.length = Math.min(windows.length, WINDOWS);
      return bytes.subarray(0, to - from);
    },
    ...(readIntoNow && {
      readInto(offset, target) {
        const from = Math.max(0, Math.min(offset, size));
        const part = target.subarray(0, size - from);
        timed(() => readIntoNow(from, part));
        return part.length;
      },
    }),
  };
}
