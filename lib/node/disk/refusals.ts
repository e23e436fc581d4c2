/** Codes of systems (errno(3)) by the name of the exception that a browser has for the same. */
const names: Readonly<Record<string, string>> = {
  ENOENT: "NotFoundError",
  ENOTDIR: "TypeMismatchError",
  EISDIR: "TypeMismatchError",
  EACCES: "NotAllowedError",
  EPERM: "NotAllowedError",
  EROFS: "NotAllowedError",
  ENOSPC: "QuotaExceededError",
  EDQUOT: "QuotaExceededError",
  EIO: "NotReadableError",
  ENOTEMPTY: "InvalidModificationError",
};

/** Names that the system does not take: what a browser says with a `TypeError`. */
const ofNames = new Set(["ENAMETOOLONG", "EINVAL", "EILSEQ"]);

/** A refusal of the system as the File System Access API tells it; any other error is thrown. */
function refusal(error: unknown): Error {
  if (!(error instanceof Error) || !("code" in error)) throw error;
  const code = String(error.code);
  if (ofNames.has(code)) return new TypeError(error.message, { cause: error });
  return new DOMException(error.message, names[code] ?? "InvalidStateError");
}

/** Does what asks the system. Rejects with what `refusal` makes of its refusals. */
export async function asked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof DOMException || error instanceof TypeError ? error : refusal(error);
  }
}
