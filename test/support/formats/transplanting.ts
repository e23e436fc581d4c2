import { expect } from "vitest";
import {
  assemble,
  bytesSource,
  transplantTags,
  type Kind,
  type TransplantOptions,
} from "@/lib/formats";

/** Transplants and puts the file together; a refusal fails the test. */
export function transplanted(
  source: Uint8Array,
  encoded: Uint8Array,
  kind: Kind,
  options: TransplantOptions = {},
) {
  const result = transplantTags(bytesSource(source), bytesSource(encoded), kind, options);
  if (result.kind === "refused") throw new Error(`refused: ${result.reason}`);
  const { removed, outdated, notes } = result;
  return { bytes: assemble(result.parts, bytesSource(encoded)), removed, outdated, notes };
}

export function expectBytes(actual: Uint8Array, expected: Uint8Array): void {
  // A plain comparison first: printing a difference of megabytes takes minutes.
  if (Buffer.compare(Buffer.from(actual), Buffer.from(expected)) === 0) return;
  expect(actual.length).toBe(expected.length);
  const at = actual.findIndex((byte, index) => byte !== expected[index]);
  expect(actual.subarray(at, at + 32)).toEqual(expected.subarray(at, at + 32));
}
