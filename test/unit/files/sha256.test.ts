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
  // The second one is too long to be hashed at once.
  for (const megabytes of [3, 65]) {
    const long = new Uint8Array(megabytes * 2 ** 20 + 7);
    for (let at = 0; at < long.length; at += 4099) long[at] = at % 253;
    expect(await sha256(new Blob([long]))).toBe(createHash("sha256").update(long).digest("hex"));
  }
});

it("goes on with the next file after one that cannot be read", async () => {
  const gone = new Blob([new Uint8Array(17 * 2 ** 20)]);
  gone.slice = () => {
    throw new DOMException("gone", "NotFoundError");
  };
  const there = new Uint8Array(17 * 2 ** 20).fill(3);
  const [failed, hash] = await Promise.allSettled([sha256(gone), sha256(new Blob([there]))]);
  expect(failed.status).toBe("rejected");
  expect(hash).toMatchObject({ value: createHash("sha256").update(there).digest("hex") });
});
