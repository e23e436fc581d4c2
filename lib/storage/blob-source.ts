import { FileReadError } from "./file-read-error";
import { type FileSource, windowedSource } from "./windowed-source";

/** A file's bytes, read synchronously (workers only) through a few windows. */
export function blobSource(blob: Blob): FileSource {
  const reader = new FileReaderSync();
  return windowedSource(blob.size, (start, end) => {
    try {
      return new Uint8Array(reader.readAsArrayBuffer(blob.slice(start, end)));
    } catch (error) {
      throw readError(error);
    }
  });
}

function readError(error: unknown): FileReadError {
  const name = error instanceof DOMException ? error.name : String(error);
  switch (name) {
    case "NotFoundError":
      return new FileReadError("gone", name);
    case "NotReadableError":
      return new FileReadError("changed", name);
    default:
      return new FileReadError("unreadable", name);
  }
}
