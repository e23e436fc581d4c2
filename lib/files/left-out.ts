/** Why a file or folder of what was added is not in the list. */
type LeftOutReason =
  /** Neither audio nor video, by name and by content. */
  | "not-audio"
  | "unreadable"
  /** Its name is no Unicode text; no browser can open it. */
  | "name-unreadable"
  /** A folder of results, by our mark in it. */
  | "our-results"
  /** A folder of kept originals, by our mark in it. */
  | "kept-originals"
  /** Without a mark, as 0.1.0 left it: a `Leveled` with nothing in it but songs that lie beside it. */
  | "like-our-results";

export interface LeftOut {
  readonly path: string;
  readonly reason: LeftOutReason;
  /** The browser's own words. */
  readonly detail: string | null;
}
