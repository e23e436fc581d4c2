import { bytesSource, readInto, section, type ByteSource } from "./bytes";
import type { Part } from "./types";

export const partsSize = (parts: readonly Part[]): number =>
  parts.reduce((sum, part) => sum + part.length, 0);

/** Without empty parts, and with neighbouring stretches of the encoded file joined. */
export function tidy(parts: readonly Part[]): Part[] {
  const out: Part[] = [];
  for (const part of parts) {
    if (part.length === 0) continue;
    const last = out.at(-1);
    if (
      last !== undefined &&
      "from" in last &&
      "from" in part &&
      last.offset + last.length === part.offset
    )
      out[out.length - 1] = { ...last, length: last.length + part.length };
    else out.push(part);
  }
  return out;
}

/** The whole file in one array: for small files and for tests. */
export function assemble(parts: readonly Part[], encoded: ByteSource): Uint8Array {
  const out = new Uint8Array(partsSize(parts));
  let offset = 0;
  for (const part of parts) {
    out.set("from" in part ? encoded.read(part.offset, part.length) : part, offset);
    offset += part.length;
  }
  return out;
}

/** The whole file as it would be read, without a copy. */
export const partsSource = (parts: readonly Part[], encoded: ByteSource): ByteSource =>
  joined(
    parts.map((part) =>
      part instanceof Uint8Array ? bytesSource(part) : section(encoded, part.offset, part.length),
    ),
  );

/** Several sources, one after another. */
function joined(sources: readonly ByteSource[]): ByteSource {
  const starts: number[] = [];
  let size = 0;
  for (const source of sources) {
    starts.push(size);
    size += source.size;
  }
  const fill = (offset: number, target: Uint8Array): number => {
    const end = Math.min(size, offset + target.length);
    sources.forEach((source, index) => {
      const start = starts[index]!;
      const from = Math.max(offset, start);
      const to = Math.min(end, start + source.size);
      if (from < to) readInto(source, from - start, target.subarray(from - offset, to - offset));
    });
    return Math.max(0, end - offset);
  };
  return {
    size,
    read(offset, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
      return bytes.subarray(0, fill(offset, bytes));
    },
    readInto: fill,
  };
}
