/** SHA-256 of a file's bytes as hexadecimal digits. */
export async function sha256(blob: Blob): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Beyond this only the length is compared: the whole file would have to be in memory. */
const COMPARED_UP_TO = 512 * 1024 * 1024;

export async function sameBytes(a: Blob, b: Blob): Promise<boolean> {
  if (a.size !== b.size) return false;
  if (a.size > COMPARED_UP_TO) return true;
  return (await sha256(a)) === (await sha256(b));
}
