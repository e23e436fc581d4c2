/** The browser would not give us the file's bytes; `cause` says why. */
export class FileReadError extends Error {
  readonly domName: string;
  override name = "FileReadError";

  constructor(domName: string) {
    super(`Reading the file failed: ${domName}`);
    this.domName = domName;
  }
}
