import type { ByteSource } from "./bytes";
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
