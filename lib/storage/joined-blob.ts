/** A stretch of a file, or bytes that stand between two of them. */
export type FilePart = Uint8Array | { readonly offset: number; readonly length: number };

/** A file that reads itself, as those of lib/node do, cannot be a part of the platform's blobs. */
interface Joinable extends Blob {
  joined?(parts: readonly FilePart[]): File;
}

/** The parts in order as one blob, without a copy of what lies in the file. */
export function joinedBlob(file: Joinable, parts: readonly FilePart[]): Blob {
  if (file.joined) return file.joined(parts);
  return new Blob(
    parts.map((part) =>
      part instanceof Uint8Array
        ? (part as Uint8Array<ArrayBuffer>)
        : file.slice(part.offset, part.offset + part.length),
    ),
  );
}
