/**
 * Names that a directory handle does not list and will not make (Chromium 156, measured): with
 * characters or endings that some system forbids, or names that one reserves.
 */

const MOST_BYTES = 240;

/** The nearest name that a directory handle takes. Allowed names stay as they are. */
export function allowedName(name: string): string {
  const plain = name
    .replace(/[\u0000-\u001f\u007f"*/:<>?\\|]/g, "_")
    // Format characters: invisible, of no width, or turning the direction of writing.
    .replace(/[\p{Cf}\p{Zl}\p{Zp}]/gu, "")
    .replace(/^\s+/, "")
    .replace(/[\s.]+$/, "");
  const reserved = /^(con|prn|aux|nul|com\d|lpt\d|clock\$)(?=\.|$)/i.test(plain);
  return shortened((reserved ? `_${plain}` : plain) || "_");
}

/** Each part of a path made allowed. */
export const allowedPath = (path: string): string => path.split("/").map(allowedName).join("/");

function shortened(name: string): string {
  const bytes = (text: string) => new TextEncoder().encode(text).length;
  if (bytes(name) <= MOST_BYTES) return name;
  const dot = name.lastIndexOf(".");
  const extension = dot > 0 && name.length - dot <= 6 ? name.slice(dot) : "";
  const letters = [...name.slice(0, name.length - extension.length)];
  while (bytes(letters.join("") + extension) > MOST_BYTES) letters.pop();
  return letters.join("") + extension;
}
