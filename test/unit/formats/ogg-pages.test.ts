/** Packets through pages and back: RFC 3533. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesSource } from "@/lib/formats";
import { paginate, PacketReader } from "@/lib/formats/ogg/packets";
import { pageCrc, readPages, renumber, storedCrc } from "@/lib/formats/ogg/page";
import { join, noise } from "../../support/formats/bytes";
import { packetsOf, readPages as independentPages } from "../../support/formats/ogg";

/** Lengths around the borders of segments and of pages. */
const length = fc.oneof(
  fc.nat(600),
  fc.tuple(fc.nat(3), fc.integer({ min: -1, max: 1 })).map(([n, d]) => Math.max(0, 255 * n + d)),
  fc.integer({ min: 255 * 255 - 2, max: 255 * 255 + 2 }),
  fc.nat(200_000),
);
const packets = fc.array(
  length.map((size) => noise(size, size)),
  { minLength: 1, maxLength: 6 },
);
const numbers = fc.record({
  serial: fc.nat(0xffff_ffff),
  sequence: fc.nat(1000),
  granule: fc.nat(0xffff_ffff),
  beginsStream: fc.boolean(),
});

function packetsIn(bytes: Uint8Array, serial: number): Uint8Array[] {
  const reader = new PacketReader();
  const found: Uint8Array[] = [];
  for (const page of readPages(bytesSource(bytes))) {
    if (page.serial !== serial) continue;
    for (const packet of reader.packets(page, bytes.subarray(page.body, page.end)))
      found.push(packet.bytes);
  }
  expect(reader.unfinished).toBeNull();
  return found;
}
const same = (a: readonly Uint8Array[], b: readonly Uint8Array[]) =>
  a.length === b.length && a.every((each, i) => Buffer.compare(each, b[i]!) === 0);

describe("packets", () => {
  test("laid into pages are read back, by another reader too", () => {
    fc.assert(
      fc.property(packets, numbers, (given, { serial, sequence, granule, beginsStream }) => {
        const { bytes, count } = paginate(given, { serial, sequence, granule, beginsStream });
        expect(same(packetsIn(bytes, serial), given)).toBe(true);
        // Checks every checksum, bit by bit.
        const pages = independentPages(bytes, bytes.length < 20_000);
        expect(same(packetsOf(pages), given)).toBe(true);
        expect(pages.map((page) => page.sequence)).toEqual(pages.map((_, i) => sequence + i));
        expect(pages).toHaveLength(count);
        for (const [index, page] of pages.entries()) {
          expect(page.granule).toBe(page.lacing.some((value) => value < 255) ? granule : -1);
          expect((page.flags & 2) !== 0).toBe(beginsStream && index === 0);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("of chained and of multiplexed streams are told apart, junk between pages passed over", () => {
    fc.assert(
      fc.property(packets, packets, fc.uint8Array({ maxLength: 400 }), (first, second, junk) => {
        const a = paginate(first, { serial: 1, sequence: 0, beginsStream: true }).bytes;
        const b = paginate(second, { serial: 2, sequence: 0, beginsStream: true }).bytes;
        const pagesOf = (bytes: Uint8Array) =>
          [...readPages(bytesSource(bytes))].map(({ offset, end }) => bytes.subarray(offset, end));
        const [left, right] = [pagesOf(a), pagesOf(b)];
        const mixed = join(
          ...Array.from({ length: Math.max(left.length, right.length) }, (_, i) => [
            ...[left[i] ?? [], right[i] ?? []],
          ]).flat(),
        );
        for (const file of [join(a, junk, b, "OggS"), join(junk, mixed)]) {
          expect(same(packetsIn(file, 1), first)).toBe(true);
          expect(same(packetsIn(file, 2), second)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("whose beginning is missing are passed over, and what is cut off is told", () => {
    const [long, short] = [noise(100_000), noise(20)];
    const { bytes } = paginate([long, short], { serial: 1, sequence: 0 });
    const [first, second] = [...readPages(bytesSource(bytes))];
    const reader = new PacketReader();
    const bodyOf = ({ body, end }: { body: number; end: number }) => bytes.subarray(body, end);
    expect(
      same(
        [...reader.packets(second!, bodyOf(second!))].map((p) => p.bytes),
        [short],
      ),
    ).toBe(true);
    expect([...reader.packets(first!, bodyOf(first!))]).toEqual([]);
    expect(reader.unfinished).toEqual(bodyOf(first!));
  });
});

test("renumbered pages differ in number and checksum alone, those of other streams in nothing", () => {
  fc.assert(
    fc.property(packets, packets, fc.integer({ min: -5, max: 2000 }), (given, other, delta) => {
      const own = paginate(given, { serial: 1, sequence: 10 });
      const theirs = paginate(other, { serial: 2, sequence: 10 });
      const chunks = renumber(bytesSource(join(own.bytes, theirs.bytes)), 0, 1, delta);
      const wanted = paginate(given, { serial: 1, sequence: 10 + delta });
      expect(same([join(...(chunks ?? []))], [join(wanted.bytes, theirs.bytes)])).toBe(true);
    }),
    { numRuns: 40 },
  );
  expect(renumber(bytesSource(noise(100)), 0, 1, 1)).toBeNull();
});

test("a changed byte anywhere in a page is told by its checksum", () => {
  const { bytes } = paginate([noise(700)], { serial: 1, sequence: 0 });
  expect(storedCrc(bytes)).toBe(pageCrc(bytes));
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const damaged = bytes.slice();
      damaged[at]! ^= change;
      expect(storedCrc(damaged)).not.toBe(pageCrc(damaged));
    }),
  );
});
