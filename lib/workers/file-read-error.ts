/** The browser would not give us the file's bytes; `cause` says why. */
export class FileReadError extends Error {
  override name = "FileReadError";

  constructor(readonly domName: string) {
    super(`Reading the file failed: ${domName}`);
  }
}
