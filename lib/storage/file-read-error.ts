/** A song's file could not be read. */
export class FileReadError extends Error {
  /** `changed`: it is no longer the file that was picked, or its disk failed. */
  readonly reason: "gone" | "changed" | "unreadable";
  override name = "FileReadError";

  constructor(reason: FileReadError["reason"], cause: string) {
    super(`Reading the file failed: ${cause}`);
    this.reason = reason;
  }
}
