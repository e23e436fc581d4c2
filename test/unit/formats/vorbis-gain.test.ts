import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  applyVorbisGain,
  planVorbisGain,
  undoVorbisGain,
  type VorbisGainRefusal,
} from "@/lib/formats/ogg/vorbis-gain";
import { leadsBackTo } from "@/lib/formats/leads-back";
import { decibels } from "@/lib/loudness/units";
import { join, little } from "../../support/formats/bytes";
import { opusStream } from "../../support/formats/ogg-pages";
import { packetsOf, page, readPages } from "../../support/formats/ogg";
import { processorTime } from "../../support/formats/processor-time";
import {
  bitsAt,
  type BookSpec,
  floatBits,
  floatValue,
  identification,
  setupPacket,
  type SetupSpec,
  vorbisLink,
} from "../../support/formats/vorbis";

const ok = <R extends { kind: string }>(
  result: R | VorbisGainRefusal,
): Exclude<R, VorbisGainRefusal> => {
  if (result.kind !== "done") throw new Error(`refused: ${JSON.stringify(result)}`);
  return result as Exclude<R, VorbisGainRefusal>;
};
const apply = (file: Uint8Array, gain: number, atMost?: number) =>
  applyVorbisGain(file, decibels(gain), decibels(atMost ?? Infinity));
const reasonOf = (file: Uint8Array, gain = -3) => {
  const result = apply(file, gain);
  return result.kind === "refused" ? result.reason : "ok";
};
const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

/** Like those of libvorbis: `minimum` a small multiple of `delta`, any normalisation. */
const anyBook: fc.Arbitrary<BookSpec> = fc
  .record({
    dimensions: fc.integer({ min: 1, max: 8 }),
    shape: fc.constantFrom<Pick<BookSpec, "lengths" | "written">>(
      { lengths: [1, 2, 3, 3], written: "plain" },
      { lengths: [1, 2, 3, 3], written: "ordered" },
      { lengths: [2, 0, 2, 0, 0, 2, 2], written: "sparse" },
    ),
    lookup: fc.constantFrom<1 | 2>(1, 2),
    unit: fc.integer({ min: 1, max: 400 }),
    multiple: fc.integer({ min: -12, max: 0 }),
    shift: fc.integer({ min: 0, max: 8 }),
    exponent: fc.integer({ min: -24, max: 0 }),
    sequence: fc.boolean(),
  })
  .map(({ dimensions, shape, lookup, unit, multiple, shift, exponent, sequence }) => ({
    dimensions,
    ...shape,
    lookup,
    minimum: floatBits(unit * multiple * 2 ** shift, exponent - shift),
    delta: floatBits(unit, exponent),
    sequence,
  }));
const anyBooks = fc.array(anyBook, { minLength: 1, maxLength: 3 });
const anyGain = fc.double({ min: -40, max: 40, noNaN: true });

const book = (minimum: number, delta: number): BookSpec => ({
  dimensions: 2,
  lengths: [1, 2, 2],
  written: "plain",
  lookup: 1,
  minimum,
  delta,
  sequence: false,
});
const plainBook = book(floatBits(-9 * 2 ** 16, -16), floatBits(2 ** 20, -20));
const setupOf = (spec: Partial<SetupSpec> = {}) =>
  setupPacket({ books: [plainBook], values: [1], ...spec });
const song = (link: Partial<Parameters<typeof vorbisLink>[0]> = {}) =>
  vorbisLink({ setup: setupOf().packet, ...link });

describe("scaling", () => {
  test("multiplies the floats of residue books by one factor, near the gain, and no other bit", () => {
    fc.assert(
      fc.property(anyBooks, anyBook, anyGain, fc.boolean(), (books, other, gain, mono) => {
        const channels = mono ? 1 : 2;
        // The last book is nobody's.
        const values = books.map((_, i) => i + 1);
        const { packet, floatsAt } = setupPacket({ books: [...books, other], values, channels });
        const result = apply(vorbisLink({ setup: packet, channels }), gain);
        if (result.kind === "refused") {
          // Books that share no factor with few bits; more of them than any encoder has.
          expect(result.reason).toBe("no-exact-factor");
          return;
        }
        expect(Math.abs(result.gain - gain)).toBeLessThanOrEqual(0.0151);
        const after = packetsOf(readPages(result.bytes))[2]!;
        const factor = 10 ** (result.gain / 20);
        for (const number of values) {
          const [minimum, delta] = [0, 32].map((offset) => {
            const at = floatsAt[number]! + offset;
            return { before: floatValue(bitsAt(packet, at)), now: floatValue(bitsAt(after, at)) };
          });
          expect(Math.abs(delta!.now / delta!.before / factor - 1)).toBeLessThan(1.1e-6);
          // What was 0 is 0, and what was a multiple is the same multiple.
          expect(minimum!.now / delta!.now).toBe(minimum!.before / delta!.before);
        }
        const untouched = packet.slice();
        for (let bit = 0; bit < 64; bit++)
          for (const number of values) {
            const at = floatsAt[number]! + bit;
            const mask = 1 << (at & 7);
            untouched[at >> 3] = (untouched[at >> 3]! & ~mask) | (after[at >> 3]! & mask);
          }
        expect(same(after, untouched)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test("of books as libvorbis has them is exact, and within 0.015 dB", () => {
    // q5: minimum and delta -1 1, -11 11, -30 5, -2499 357, -168 21.
    const pairs = [
      [-1, 1],
      [-11, 11],
      [-30, 5],
      [-2499, 357],
      [-168, 21],
    ] as const;
    const books = pairs.map(([minimum, delta]) => book(floatBits(minimum, 0), floatBits(delta, 0)));
    const { packet, floatsAt } = setupPacket({ books, values: [1, 2, 3, 4, 5] });
    for (let gain = -20; gain < 20; gain += 0.37) {
      const result = ok(apply(vorbisLink({ setup: packet }), gain));
      expect(Math.abs(result.gain - gain)).toBeLessThan(0.015);
      const after = packetsOf(readPages(result.bytes))[2]!;
      const factors = pairs.flatMap((pair, i) =>
        pair.map((value, j) => floatValue(bitsAt(after, floatsAt[i + 1]! + 32 * j)) / value),
      );
      expect(new Set(factors).size).toBe(1);
    }
  });

  test("never exceeds what peaks allow", () => {
    fc.assert(
      fc.property(anyGain, fc.double({ min: -1, max: 1, noNaN: true }), (gain, room) => {
        const result = ok(apply(song(), gain, gain + room));
        expect(result.gain).toBeLessThanOrEqual(gain + room + 1e-6);
        expect(result.gain).toBeGreaterThan(Math.min(gain, gain + room) - 0.016);
      }),
    );
  });

  test("by 0 dB gives the very array", () => {
    const file = song();
    expect(ok(apply(file, 0)).bytes).toBe(file);
    expect(ok(apply(file, 0.001)).gain).toBeCloseTo(0, 2);
    expect(() => apply(file, Number.NaN)).toThrow(RangeError);
  });
});

describe("undo", () => {
  test("gives the file back to the byte, after one change and after several", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -12, max: 12, noNaN: true }), { minLength: 1, maxLength: 4 }),
        fc.array(fc.record({ length: fc.integer({ max: 900, min: 0 }), loudness: fc.boolean() }), {
          maxLength: 5,
        }),
        fc.integer({ min: 1, max: 255 }),
        fc.constantFrom(0, 0xffff_fff0, 5),
        (gains, tags, cut, sequence) => {
          const comments = tags.map(
            ({ length, loudness }) =>
              `${loudness ? "replaygain_track_gain" : "X"}=${"a".repeat(length)}`,
          );
          const original = song({ comments, cut, sequence });
          let file = original;
          let total = 0;
          for (const gain of gains) {
            const result = ok(apply(file, gain));
            expect(leadsBackTo(undoVorbisGain, result.bytes, file)).toBe(true);
            file = result.bytes;
            total += result.gain;
          }
          if (same(file, original)) return;
          expect(ok(planVorbisGain(file)).made).toBeCloseTo(total, 3);
          const undone = ok(undoVorbisGain(file));
          expect(same(undone.bytes, original)).toBe(true);
          expect(undone.gain).toBeCloseTo(total, 3);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("is also what the opposite gain comes to", () => {
    const original = song({ comments: ["REPLAYGAIN_TRACK_GAIN=1 dB"] });
    const changed = ok(apply(original, -4.4));
    const back = ok(apply(changed.bytes, -changed.gain));
    expect(same(back.bytes, original)).toBe(true);
    expect(back.gain).toBeCloseTo(-changed.gain, 6);
  });

  test("works on headers that another tool has written again, and keeps its tags", () => {
    const tagsOf = (file: Uint8Array) => packetsOf(readPages(file))[1]!;
    const comments = ["TITLE=T", `COVER=${"x".repeat(70_000)}`, "REPLAYGAIN_TRACK_GAIN=1 dB"];
    const original = song({ comments });
    const changed = ok(apply(original, 5)).bytes;
    const setup = packetsOf(readPages(changed))[2]!;
    const record = /LEVELUP_UNDO=[^\0\x01]+/.exec(Buffer.from(changed).toString("latin1"))![0];
    for (const cut of [255, 200, 3, 1]) {
      // The tool took the cover out, put an artist in, and has its own idea of a gain.
      const again = ["ARTIST=A", record, "REPLAYGAIN_TRACK_GAIN=-4 dB", "TITLE=T"];
      const undone = ok(undoVorbisGain(song({ comments: again, setup, cut }))).bytes;
      expect(same(packetsOf(readPages(undone))[2]!, setupOf().packet)).toBe(true);
      const expected = ["ARTIST=A", "TITLE=T", "REPLAYGAIN_TRACK_GAIN=1 dB"];
      const list = tagsOf(song({ comments: expected }));
      expect(same(tagsOf(undone).subarray(0, list.length), list)).toBe(true);
    }
  });

  test("is refused where there is nothing to undo, or the record is not this file's", () => {
    expect(undoVorbisGain(song())).toEqual({ kind: "refused", reason: "nothing-to-undo" });
    const changed = Buffer.from(ok(apply(song(), 5)).bytes).toString("latin1");
    const record = /LEVELUP_UNDO=[^\0\x01]+/.exec(changed)![0];
    const reason = (comments: string[], setup = setupOf().packet) => {
      const undone = undoVorbisGain(song({ comments, setup }));
      expect(reasonOf(song({ comments, setup }))).toBe(
        undone.kind === "done" ? "ok" : undone.reason,
      );
      return undone.kind === "done" ? "ok" : undone.reason;
    };
    const books = [plainBook, book(floatBits(-3, 0), floatBits(1, 0))];
    expect(reason([record], setupOf({ books, values: [1, 2] }).packet)).toBe("undo-does-not-fit");
    expect(reason([record], setupOf({ books, values: [2] }).packet)).toBe("undo-does-not-fit");
    expect(reason([record, record])).toBe("damaged-undo");
    expect(reason([record.slice(0, -4)])).toBe("damaged-undo");
    expect(reason(["LEVELUP_UNDO=2;;0,0;"])).toBe("damaged-undo");
    expect(reason(["LEVELUP_UNDO=1;####;0,0;"])).toBe("damaged-undo");
  });
});

describe("pages", () => {
  const shape = (file: Uint8Array) =>
    readPages(file).map(({ flags, granule, sequence }) => ({ flags, granule, sequence }));
  const audioOf = (file: Uint8Array) => packetsOf(readPages(file)).slice(3);

  test("stay as many as they were where the record fits in, and all bodies of audio stay", () => {
    for (const comments of [[], [`A=${"x".repeat(3000)}`], [`A=${"x".repeat(100_000)}`]]) {
      for (const cut of [255, 17, 1]) {
        const original = song({ comments, cut });
        const changed = ok(apply(original, -7)).bytes;
        if (cut > 1 || comments.length === 0) expect(shape(changed)).toEqual(shape(original));
        expect(audioOf(changed)).toEqual(audioOf(original));
      }
    }
  });

  test("become one more where it does not, and all behind are numbered on", () => {
    // The comments end on a page that the setup packet fills to the last segment.
    const setup = join(setupOf().packet, new Uint8Array(255 * 400));
    const comments = [`A=${"x".repeat(20_360)}`];
    const original = song({ comments, setup, sequence: 0xffff_fffe });
    const changed = ok(apply(original, 2)).bytes;
    const [before, after] = [readPages(original), readPages(changed)];
    expect(after.length).toBe(before.length + 1);
    expect(after.map(({ sequence }) => sequence)).toEqual(
      after.map((_, i) => (0xffff_fffe + i) % 2 ** 32),
    );
    expect(audioOf(changed)).toEqual(audioOf(original));
    expect(after.slice(-3).map(({ body }) => body)).toEqual(
      before.slice(-3).map(({ body }) => body),
    );
    expect(same(ok(undoVorbisGain(changed)).bytes, original)).toBe(true);
    const again = ok(apply(changed, 1)).bytes;
    expect(readPages(again).length).toBe(after.length);
    expect(same(ok(undoVorbisGain(again)).bytes, original)).toBe(true);
  });

  test("with a wrong checksum come back wrong, and junk stays", () => {
    const setup = join(setupOf().packet, new Uint8Array(255 * 400));
    const file = song({ setup });
    const at = Buffer.from(file).lastIndexOf("OggS");
    file[at + 23] = file[at + 23]! ^ 0x40;
    const dirty = join("not yet", file.subarray(0, at), "between OggS", file.subarray(at), "OggS");
    const changed = ok(apply(dirty, 3)).bytes;
    expect(() => readPages(changed)).toThrow();
    expect(same(ok(undoVorbisGain(changed)).bytes, dirty)).toBe(true);
  });

  test("audio on the last page of the headers stays where it is", () => {
    const packets = [join("\x03vorbis", little(0, 4), little(0, 4), [1]), setupOf().packet];
    const audio = new Uint8Array(77).fill(5);
    const head = identification();
    const link = (serial: number) =>
      join(
        page({ flags: 2, granule: 0, serial, sequence: 0, lacing: [head.length], body: head }),
        page({
          flags: 4,
          granule: 99,
          serial,
          sequence: 1,
          lacing: [packets[0]!.length, packets[1]!.length, 77],
          body: join(...packets, audio),
        }),
      );
    expect(packets[1]!.length).toBeLessThan(255);
    const changed = ok(apply(link(3), 3)).bytes;
    expect(packetsOf(readPages(changed))[3]).toEqual(audio);
    expect(same(ok(undoVorbisGain(changed)).bytes, link(3))).toBe(true);
  });
});

describe("chained streams", () => {
  test("are changed by the same gain, link by link", () => {
    const other = setupOf({ books: [book(floatBits(-2499, 0), floatBits(357, 0))] });
    const links = [song({ serial: 1 }), song({ serial: 2, setup: other.packet, comments: [] })];
    const result = ok(apply(join(...links), -3.21));
    const separate = links.map((link) => ok(apply(link, result.gain)));
    expect(separate.map(({ gain }) => gain)).toEqual([
      expect.closeTo(result.gain, 6),
      expect.closeTo(result.gain, 6),
    ]);
    expect(same(result.bytes, join(...separate.map(({ bytes }) => bytes)))).toBe(true);
    expect(same(ok(undoVorbisGain(result.bytes)).bytes, join(...links))).toBe(true);
    expect(ok(planVorbisGain(result.bytes)).streams.map(({ serial }) => serial)).toEqual([1, 2]);
  });

  test("that were changed by different gains are refused", () => {
    const mixed = join(ok(apply(song({ serial: 1 }), -2)).bytes, song({ serial: 2 }));
    expect(reasonOf(mixed)).toBe("links-differ");
  });
});

describe("refusals", () => {
  const damagedSetup = (spec: Partial<SetupSpec>) =>
    reasonOf(song({ setup: setupOf(spec).packet }));

  test("of what is not one Ogg Vorbis stream after another", () => {
    expect(reasonOf(new Uint8Array())).toBe("not-ogg-vorbis");
    expect(reasonOf(opusStream(0))).toBe("not-ogg-vorbis");
    expect(reasonOf(join(song(), opusStream(0)))).toBe("multiplexed");
    const [first, ...rest] = readPages(song({ serial: 1 })).map((each) => page(each));
    const begin = page(readPages(song({ serial: 2 }))[0]!);
    expect(reasonOf(join(first!, begin, ...rest))).toBe("multiplexed");
    expect(reasonOf(join(first!, ...rest.slice(0, 2), begin, ...rest.slice(2)))).not.toBe("ok");
    expect(reasonOf(join(first!, ...rest.slice(0, 2), page(readPages(song())[2]!)))).toBe(
      "multiplexed",
    );
    expect(reasonOf(join(...rest))).toBe("not-ogg-vorbis");
  });

  test("of damaged headers", () => {
    expect(reasonOf(song().subarray(0, 100))).toBe("damaged-header");
    for (const name of ["\x01vorbis", "\x03vorbis", "\x05vorbis"]) {
      const file = song();
      file[Buffer.from(file).indexOf(name) + 8]! ^= 1;
      expect(reasonOf(file), name).toBe("damaged-header");
    }
    const missing = readPages(song({ cut: 1 })).filter((_, i) => i !== 1);
    expect(reasonOf(join(...missing.map((each) => page(each))))).not.toBe("ok");
    const lying = vorbisLink({ setup: setupOf().packet, comments: [] });
    const pages = readPages(lying);
    pages[1]!.body[15] = 200; // the number of comments
    expect(reasonOf(join(...pages.map((each) => page(each))))).toBe("damaged-comment");
  });

  test("of setup headers that lie", () => {
    expect(damagedSetup({})).toBe("ok");
    expect(damagedSetup({ floorType: 0 })).toBe("floor-0");
    expect(damagedSetup({ floorType: 2 })).toBe("damaged-setup");
    expect(damagedSetup({ timeType: 1 })).toBe("damaged-setup");
    expect(damagedSetup({ framing: 0 })).toBe("damaged-setup");
    expect(damagedSetup({ values: [] })).toBe("damaged-setup");
    expect(damagedSetup({ values: [7] })).toBe("damaged-setup");
    expect(damagedSetup({ books: [{ ...plainBook, lookup: 0 }] })).toBe("damaged-setup");
    const { packet } = setupOf();
    for (let length = 7; length < packet.length; length++)
      expect(reasonOf(song({ setup: packet.subarray(0, length) }))).toBe("damaged-setup");
    // Three books: the number of entries of the last is 24 bits behind its sync word and dimensions.
    for (const entries of [2 ** 24 - 1, 2 ** 20, 60_000]) {
      const many = packet.slice();
      many.set(little(entries, 3), 7 + 1 + 5);
      expect(reasonOf(song({ setup: many }))).toBe("damaged-setup");
    }
  });

  test("of setup headers any field of which says 2^24", () => {
    const books = [
      plainBook,
      { ...plainBook, lookup: 2 as const },
      { ...plainBook, lengths: [1, 2, 2], written: "ordered" as const },
      { ...plainBook, lengths: [2, 0, 2, 0, 2], written: "sparse" as const },
    ];
    const { packet } = setupOf({ books, values: [1, 2, 3, 4] });
    const original = song({ setup: packet });
    expect(reasonOf(original)).toBe("ok");
    const reasons = new Set<string>();
    for (let at = 8 * 7; at + 24 <= 8 * packet.length; at++) {
      const lying = packet.slice();
      for (let bit = at; bit < at + 24; bit++) lying[bit >> 3]! |= 1 << (bit & 7);
      const file = song({ setup: lying });
      const changed = apply(file, -3);
      reasons.add(changed.kind === "refused" ? changed.reason : "ok");
      if (changed.kind === "done")
        expect(same(ok(undoVorbisGain(changed.bytes)).bytes, file)).toBe(true);
    }
    expect(reasons).toContain("damaged-setup");
  });

  test("of floats that no factor suits, or that decoders read differently", () => {
    const odd = (a: number, b: number) =>
      setupOf({ books: [book(floatBits(a, -20), floatBits(b, -20))] }).packet;
    expect(reasonOf(song({ setup: odd(-1_048_577, 786_433) }))).toBe("no-exact-factor");
    expect(
      ok(apply(song({ setup: odd(-1_048_577, 786_433) }), 20 * Math.log10(4))).gain,
    ).toBeCloseTo(20 * Math.log10(4));
    const far = (exponent: number) =>
      song({ setup: setupOf({ books: [book(0, floatBits(2 ** 20, exponent))] }).packet });
    expect(reasonOf(far(64))).toBe("out-of-range");
    expect(reasonOf(far(63), 7)).toBe("out-of-range");
    expect(reasonOf(far(63), -7)).toBe("ok");
    expect(reasonOf(far(-63), -7)).toBe("out-of-range");
    for (const gain of [-1e9, 1e9, 1e300]) expect(reasonOf(song(), gain)).toBe("out-of-range");
  });

  test("of loudness tags too large to keep", () => {
    const comments = [`REPLAYGAIN_TRACK_GAIN=${"1".repeat(40_000)}`];
    expect(reasonOf(song({ comments }))).toBe("too-much-to-record");
  });
});

describe("hostile input", () => {
  const survives = (bytes: Uint8Array) => {
    const before = bytes.slice();
    planVorbisGain(bytes);
    undoVorbisGain(bytes);
    const changed = apply(bytes, -1.5);
    if (changed.kind === "done")
      expect(leadsBackTo(undoVorbisGain, changed.bytes, bytes)).toBe(true);
    expect(same(bytes, before)).toBe(true);
  };

  test("random bytes and random setup headers get an answer", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), survives));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) =>
        survives(song({ setup: join("\x05vorbis", bytes) })),
      ),
    );
  });

  test("damaged copies are changed and undone, or refused", () => {
    const { packet } = setupOf({ books: [plainBook, plainBook], values: [1, 2] });
    const changed = ok(apply(song({ setup: packet, comments: ["A=B", "R128_X=1"] }), 2)).bytes;
    const damage = fc.record({ at: fc.nat(), bits: fc.integer({ min: 1, max: 255 }) });
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 4 }), fc.nat(), (damages, cut) => {
        // Checksums are made right again, so that more than the first look is tested.
        const pages = readPages(changed.slice());
        for (const { at, bits } of damages) {
          const { body } = pages[1]!;
          body[at % body.length]! ^= bits;
        }
        const file = join(...pages.map((each) => page(each)));
        survives(file.subarray(0, file.length - (cut % 2 === 0 ? 0 : cut % file.length)));
      }),
      { numRuns: 500 },
    );
  });

  test.each<[string, () => Uint8Array]>([
    ["first pages", () => join(...new Array<Uint8Array>(50_000).fill(page(readPages(song())[0]!)))],
    ["one comment", () => song({ comments: [`A=${"x".repeat(9e6)}`] })],
    ["links", () => join(...Array.from({ length: 1000 }, (_, i) => song({ serial: i })))],
    [
      "used entries",
      () => song({ setup: join(setupOf().packet.subarray(0, 13), new Uint8Array(9e6)) }),
    ],
  ])("megabytes of %s are done in seconds", (_, make) => {
    const bytes = make();
    const spent = processorTime(() => {
      apply(bytes, 1);
      undoVorbisGain(bytes);
    });
    expect(spent).toBeLessThan(5000);
  });
});
