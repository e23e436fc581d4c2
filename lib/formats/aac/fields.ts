import { byteAt, putByte } from "./msb-bits";
import type { GainFields } from "./raw-data-block";

/** A copy of the file with every `global_gain` moved. */
export const moveFields = (bytes: Uint8Array, { at }: GainFields, steps: number): Uint8Array => {
  const moved = bytes.slice();
  for (const position of at) putByte(moved, position, byteAt(moved, position) + steps);
  return moved;
};
