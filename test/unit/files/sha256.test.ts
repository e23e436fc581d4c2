import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { sha256 } from "@/lib/files/sha256";

it("is the SHA-256 of the bytes, in whatever parts they lie", async () => {
  const parts = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(parts, async (given) => {
      const bytes = given.map((part) => new Uint8Array(part));
      const expected = createHash("sha256").update(Buffer.concat(bytes)).digest("hex");
      expect(await sha256(bytes)).toBe(expected);
      expect(await sha256(new Blob(bytes))).toBe(expected);
    }),
  );
  const large = Uint8Array.from({ length: 3 * 2 ** 20 + 7 }, (_, index) => (index * 31) % 253);
  expect(await sha256(new Blob([large]))).toBe(createHash("sha256").update(large).digest("hex"));
});
