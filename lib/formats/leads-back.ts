import { equalBytes } from "./bytes";

/** An undo of one of the formats here. */
type Undo = (
  bytes: Uint8Array,
) =>
  | { readonly kind: "done"; readonly bytes: Uint8Array }
  | { readonly kind: "refused"; readonly reason: string };

/** The first original of a file; the file itself where nothing was done to it. */
const firstOriginal = (undo: Undo, bytes: Uint8Array): Uint8Array | null => {
  const undone = undo(bytes);
  if (undone.kind === "done") return undone.bytes;
  return undone.reason === "nothing-to-undo" ? bytes : null;
};

/**
 * Whether `changed` leads back, to the byte, to what the file that it was made of leads back to.
 * `undoMadeOf`: the undo of that one, where it is open already.
 */
export const leadsBackTo = (
  undo: Undo,
  changed: Uint8Array,
  madeOf: Uint8Array,
  undoMadeOf: Undo = undo,
): boolean => {
  const [first, expected] = [firstOriginal(undo, changed), firstOriginal(undoMadeOf, madeOf)];
  return first !== null && expected !== null && equalBytes(first, expected);
};
