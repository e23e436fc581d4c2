import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type AacGainRefusal,
  applyAacGain,
  planAacGain,
  undoAacGain,
} from "@/lib/formats/aac/gain";
import { leadsBackTo } from "@/lib/formats/leads-back";
import {
  adtsFrame,
  type AdtsSpec,
  type Book,
  type Built,
  byteAt,
  chain,
  type ChannelSpec,
  type Element,
  esds,
  INTENSITY,
  LC_CONFIG,
  m4a,
  type M4aSpec,
  MOST_BANDS,
  NOISE,
  ZERO,
} from "../../support/formats/aac";
import { big, join, zeros } from "../../support/formats/bytes";
import { heAac, heAacV2 } from "../../support/formats/he-aac";
import { ape, frame23, id3v2, txxx } from "../../support/formats/mpeg";
import { box, freeform, inside, item, meta, mp4, udta } from "../../support/formats/mp4";
import { processorTime } from "../../support/formats/processor-time";

const ok = <R extends { kind: string }>(result: R | AacGainRefusal): Exclude<R, AacGainRefusal> => {
  if (result.kind !== "done") throw new Error(`refused: ${JSON.stringify(result)}`);
  return result as Exclude<R, AacGainRefusal>;
};
const reasonOf = (file: Uint8Array, steps = -2) => {
  const result = applyAacGain(file, steps);
  return result.kind === "refused" ? result.reason : "ok";
};
const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

const books: readonly Book[] = [0, 1, 2, 3, 5, 7, 8, 9, 11, 13, 15];
const anyChannel = (bands: number): fc.Arbitrary<ChannelSpec> =>
  fc.record({
    gain: fc.integer({ min: 100, max: 180 }),
    books: fc.array(fc.constantFrom(...books), { minLength: bands, maxLength: bands }),
    steps: fc.array(fc.integer({ min: -1, max: 1 }), { minLength: 1, maxLength: 4 }),
    noise: fc.integer({ min: -20, max: 20 }),
    pulse: fc.boolean(),
    shaping: fc.boolean(),
  });
const anyFrame = fc.record({ isShort: fc.boolean() });
const anyBands = fc.integer({ min: 0, max: MOST_BANDS });
const anyElement: fc.Arbitrary<Element> = anyBands.chain((bands) =>
  fc.oneof(
    fc.record({
      kind: fc.constantFrom("single" as const, "low" as const),
      channel: anyChannel(bands),
      frame: anyFrame,
    }),
    fc.record({
      kind: fc.constant("pair" as const),
      left: anyChannel(bands),
      right: anyChannel(bands),
      frame: anyFrame,
      common: fc.boolean(),
      mask: fc.constantFrom(0 as const, 1 as const, 2 as const),
    }),
    fc.record({
      kind: fc.constant("data" as const),
      length: fc.integer({ min: 0, max: 400 }),
      align: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant("fill" as const),
      length: fc.integer({ min: 0, max: 269 }),
      type: fc.constantFrom(0, 1, 2, 12),
    }),
    fc.constant({ kind: "program" as const }),
  ),
);
const anyElements = fc.array(anyElement, { minLength: 1, maxLength: 4 });
const anySteps = fc.integer({ min: -30, max: 30 }).filter((steps) => steps !== 0);

const heard: ChannelSpec = { gain: 140, books: [1, 2, 11, 8], steps: [1, -1] };
const single = (channel: Partial<ChannelSpec> = {}): Element => ({
  kind: "single",
  channel: { ...heard, ...channel },
});
const stream = (...elements: Element[]) =>
  chain([adtsFrame({ blocks: [elements] }), adtsFrame({ blocks: [[single()]] })]).bytes;
const song = (spec: Partial<M4aSpec> = {}): Built =>
  m4a({ frames: [[single()], [single({ gain: 150 })]], ...spec });

/** Every `global_gain` moved and nothing else, checksums aside. */
const moved = ({ bytes, gainsAt }: Built, steps: number): Uint8Array => {
  const expected = bytes.slice();
  for (const at of gainsAt)
    for (let i = 0; i < 8; i++) {
      const bit = ((byteAt(bytes, at) + steps) >> (7 - i)) & 1;
      const [byte, mask] = [(at + i) >> 3, 128 >> ((at + i) & 7)];
      expected[byte] = bit ? expected[byte]! | mask : expected[byte]! & ~mask;
    }
  return expected;
};

describe("global_gain", () => {
  test("moves in every channel that is heard, in ADTS with and without checksums", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(anyElements, { minLength: 1, maxLength: 3 }), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.boolean(),
        anySteps,
        (frames, crc, steps) => {
          const build = (change: number) => {
            const louder = (channel: ChannelSpec) => ({ ...channel, gain: channel.gain + change });
            const isHeard = ({ books }: ChannelSpec) =>
              books.some((book) => book !== ZERO && book !== INTENSITY);
            const one = (channel: ChannelSpec) => (isHeard(channel) ? louder(channel) : channel);
            const element = (each: Element): Element => {
              if (each.kind === "pair")
                return { ...each, left: one(each.left), right: one(each.right) };
              return each.kind === "single" || each.kind === "low"
                ? { ...each, channel: one(each.channel) }
                : each;
            };
            const spec = (blocks: Element[][]): AdtsSpec => ({
              blocks: blocks.map((block) => block.map(element)),
              crc,
            });
            return chain(frames.map((blocks) => adtsFrame(spec(blocks))));
          };
          const original = build(0);
          const changed = ok(applyAacGain(original.bytes, steps)).bytes;
          // Built again with other gains, the frames have the right checksums too.
          const expected = build(steps).bytes;
          expect(same(changed.subarray(0, expected.length), expected)).toBe(true);
          expect(same(ok(undoAacGain(changed)).bytes, original.bytes)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("moves in M4A, wherever the samples lie, and undo gives the file back to the byte", () => {
    const anyTags = fc.constantFrom<Uint8Array[]>(
      [],
      [udta()],
      [udta(box("name", "x"), zeros(4))],
      [udta(meta(item("\xa9nam", "Ä")))],
      [udta(meta())],
      [udta(box("meta", zeros(4), box("hdlr", zeros(8), "mdirappl", zeros(9))))],
      [udta(meta(freeform("replaygain_track_gain", "-3 dB"), item("\xa9nam", "x")))],
      [
        udta(
          box("ludt", zeros(9)),
          meta(item("\xa9nam", "x"), freeform("iTunNORM", "1"), freeform("other", "1")),
        ),
      ],
    );
    fc.assert(
      fc.property(
        fc.array(anyElements, { minLength: 1, maxLength: 4 }),
        fc.record({
          first: fc.constantFrom("moov" as const, "mdat" as const),
          wide: fc.boolean(),
          gap: fc.constantFrom(undefined, 0, 5),
          rest: anyTags,
          inTrack: fc.constantFrom<Uint8Array[]>([], [udta(box("ludt", zeros(5)))]),
        }),
        fc.array(anySteps, { minLength: 1, maxLength: 3 }),
        (frames, { gap, ...shape }, steps) => {
          const original = m4a({ frames, ...shape, ...(gap === undefined ? {} : { gap }) });
          expect(ok(applyAacGain(original.bytes, 0)).bytes).toBe(original.bytes);
          let file = original.bytes;
          let total = 0;
          for (const step of steps) {
            const { lowestSteps, highestSteps } = ok(planAacGain(file));
            if (step < lowestSteps || step > highestSteps) continue;
            const changed = ok(applyAacGain(file, step)).bytes;
            expect(leadsBackTo(undoAacGain, changed, file)).toBe(true);
            file = changed;
            total += step;
          }
          const plan = ok(planAacGain(file));
          expect(plan.made).toBe(total === 0 ? null : total);
          expect(plan.frames).toBe(frames.length);
          // What the tables say of the new file is the old media, with other gains.
          const mediaOf = (bytes: Uint8Array) => inside(bytes, "mdat")!;
          expect(same(mediaOf(file), mediaOf(moved(original, total)))).toBe(true);
          if (total === 0) expect(same(file, original.bytes)).toBe(true);
          else expect(same(ok(undoAacGain(file)).bytes, original.bytes)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("by 0 steps gives the very array", () => {
    const { bytes } = song();
    expect(ok(applyAacGain(bytes, 0)).bytes).toBe(bytes);
    for (const steps of [0.5, 256, Number.NaN])
      expect(() => applyAacGain(bytes, steps)).toThrow(RangeError);
  });

  test("stops being possible exactly where a field, a scale factor or a noise energy ends", () => {
    fc.assert(
      fc.property(
        fc.array(anyElements, { minLength: 1, maxLength: 2 }),
        fc.integer({ min: -60, max: 60 }),
        (frames, noise) => {
          const elements = [...frames.flat(), single({ books: [NOISE, 1], noise })];
          const { bytes, levels } = m4a({ frames: [elements] });
          const scales = levels.flatMap((level) => level.scales);
          const noises = levels.flatMap((level) => level.noises);
          const plan = ok(planAacGain(bytes));
          expect(plan.lowestSteps).toBe(Math.max(-Math.min(...scales), -100 - Math.min(...noises)));
          expect(plan.highestSteps).toBe(
            Math.min(255 - Math.max(...scales), 155 - Math.max(...noises)),
          );
          for (const steps of [plan.lowestSteps, plan.highestSteps])
            expect(leadsBackTo(undoAacGain, ok(applyAacGain(bytes, steps)).bytes, bytes)).toBe(
              true,
            );
          for (const steps of [plan.lowestSteps - 1, plan.highestSteps + 1])
            expect(reasonOf(bytes, steps)).toBe("out-of-range");
        },
      ),
    );
  });
});

describe("undo information in MP4", () => {
  const tags = (file: Uint8Array) =>
    Buffer.from(inside(file, "moov", "udta", "meta", "ilst") ?? zeros(0)).toString("latin1");

  test("is aacgain's, and nothing more where that is enough", () => {
    const { bytes } = song({ rest: [udta(meta(item("\xa9nam", "x")))] });
    const list = inside(ok(applyAacGain(bytes, 3)).bytes, "moov", "udta", "meta", "ilst")!;
    expect(same(list, join(item("\xa9nam", "x"), freeform("replaygain_undo", "-3,-3")))).toBe(true);
  });

  test("of aacgain is undone, and added to", () => {
    const rest = (text: string) => ({ rest: [udta(meta(freeform("replaygain_undo", text)))] });
    const { bytes } = song(rest("4,4"));
    expect(ok(planAacGain(bytes)).made).toBe(-4);
    const undone = ok(undoAacGain(bytes));
    expect(undone.steps).toBe(-4);
    expect(tags(undone.bytes)).toBe("");
    expect(tags(ok(applyAacGain(bytes, 1)).bytes)).toContain("3,3");
    expect(reasonOf(song(rest("4,-4")).bytes)).toBe("channels-differ");
    expect(reasonOf(song(rest("a,b")).bytes)).toBe("damaged-undo");
    expect(undoAacGain(song(rest("-200,-200")).bytes)).toEqual({
      kind: "refused",
      reason: "undo-does-not-fit",
    });
    expect(undoAacGain(song().bytes)).toEqual({ kind: "refused", reason: "nothing-to-undo" });
  });

  test("survives another tool's tags", () => {
    const made = ok(
      applyAacGain(
        song({ rest: [udta(meta(freeform("R128_X", "1"), item("\xa9nam", "x")))] }).bytes,
        3,
      ),
    ).bytes;
    const details = /1;0;[^\0]+?=(?=\0|$)|1;0;[^\0]+/.exec(tags(made))![0];
    const list = [
      item("\xa9ART", "new"),
      freeform("levelup_undo", details),
      freeform("replaygain_undo", "-3,-3"),
      freeform("replaygain_track_gain", "later"),
      item("\xa9nam", "x"),
    ];
    const undone = ok(undoAacGain(song({ rest: [udta(meta(...list))] }).bytes)).bytes;
    const expected = join(freeform("R128_X", "1"), item("\xa9ART", "new"), item("\xa9nam", "x"));
    expect(same(inside(undone, "moov", "udta", "meta", "ilst")!, expected)).toBe(true);
  });

  test("is refused where it cannot be kept", () => {
    const keys = box("meta", zeros(4), box("hdlr", zeros(8), "mdta", zeros(13)), box("ilst"));
    expect(reasonOf(song({ rest: [udta(keys)] }).bytes)).toBe("no-place-for-undo");
    const large = freeform("replaygain_track_gain", "1".repeat(40_000));
    expect(reasonOf(song({ rest: [udta(meta(large))] }).bytes)).toBe("too-much-to-record");
    const bad = freeform("levelup_undo", "1;0;ilst=0:###");
    const both = [freeform("replaygain_undo", "1,1"), bad];
    expect(reasonOf(song({ rest: [udta(meta(...both))] }).bytes)).toBe("damaged-undo");
  });
});

describe("refusals", () => {
  test("of frames that are more than Low Complexity", () => {
    expect(reasonOf(stream(single()))).toBe("ok");
    expect(reasonOf(stream({ kind: "coupling" }))).toBe("coupling");
    expect(reasonOf(stream({ ...single(), frame: { prediction: true } } as Element))).toBe(
      "prediction",
    );
    expect(reasonOf(stream(single({ gainControl: true })))).toBe("gain-control");
    for (const type of [13, 14])
      expect(reasonOf(stream(single(), { kind: "fill", length: 9, type }))).toBe("he-aac");
    expect(reasonOf(stream(single(), { kind: "fill", length: 9, type: 11 }))).toBe("dynamic-range");
    // Behind data of 2 bytes, and of 257, in the same element.
    const behind = (start: readonly number[], length: number) => {
      const padded = [...start, ...Array<number>(length).fill(0xff), 0xd0];
      return reasonOf(stream(single(), { kind: "fill", length: padded.length + 3, start: padded }));
    };
    expect(behind([0x20, 2], 2)).toBe("he-aac");
    expect(behind([0x20, 255, 2], 257)).toBe("he-aac");
    expect(behind([0x20, 3], 2)).toBe("ok");
    expect(behind([0x21, 2], 2)).toBe("ok");
    expect(
      reasonOf(stream({ kind: "pair", left: heard, right: heard, common: true, mask: 3 })),
    ).toBe("damaged-frame");
    for (const profile of [0, 2, 3])
      expect(reasonOf(adtsFrame({ blocks: [[single()]], profile }).bytes)).toBe("not-aac-lc");
  });

  test("of HE-AAC by its frames, whatever the headers around them say", () => {
    for (const stream of [heAac, heAacV2]) {
      expect(reasonOf(stream)).toBe("he-aac");
      const frames: Uint8Array[] = [];
      for (let at = 0; at < stream.length;) {
        const length =
          ((stream[at + 3]! & 3) << 11) | (stream[at + 4]! << 3) | (stream[at + 5]! >> 5);
        frames.push(stream.subarray(at + 7, (at += length)));
      }
      const track = (config: readonly number[]) =>
        reasonOf(m4a({ frames: [], samples: frames, config }).bytes);
      expect(track([0x14, 0x08])).toBe("he-aac"); // as AAC-LC at 16 kHz
      expect(track([0x2c, 0x0a, 0x88, 0x00])).toBe("he-aac"); // as itself
    }
  });

  test("of ADTS between tags that tell a loudness", () => {
    const frames = stream(single());
    expect(reasonOf(join(frames, ape([["Title", "T"]])))).toBe("ok");
    expect(reasonOf(join(frames, ape([["REPLAYGAIN_TRACK_GAIN", "1 dB"]])))).toBe("loudness-tags");
    const tag = (name: string) => id3v2({ version: 3 }, frame23("TXXX", txxx(name, "1 dB")));
    expect(reasonOf(join(tag("mood"), frames))).toBe("ok");
    expect(reasonOf(join(tag("replaygain_track_gain"), frames))).toBe("loudness-tags");
  });

  test("of tracks that are not AAC-LC", () => {
    // Object type, rate index, channels, and what follows.
    const config = (...bytes: number[]) => reasonOf(song({ config: bytes }).bytes);
    expect(config(...LC_CONFIG)).toBe("ok");
    expect(config(0x2b, 0x92, 0x08, 0x00)).toBe("he-aac"); // 5: SBR
    expect(config(0xeb, 0x8a, 0x08, 0x00)).toBe("he-aac"); // 29: PS
    expect(config(0x12, 0x10, 0x56, 0xe5, 0x98)).toBe("he-aac"); // backward compatible
    expect(config(0x12, 0x10, 0x56, 0xe5, 0x00)).toBe("ok"); // says that there is none
    expect(config(0xf9, 0x48, 0x40)).toBe("xhe-aac"); // 42
    expect(config(0x0a, 0x10)).toBe("not-aac-lc"); // Main
    expect(config(0x22, 0x10)).toBe("not-aac-lc"); // LTP
    expect(config(0xb9, 0x88)).toBe("not-aac-lc"); // 23, Low Delay
    expect(config(0x12, 0x14)).toBe("short-frames");
    expect(config(0x16, 0x90)).toBe("damaged-config"); // a reserved rate
    expect(config(0x17, 0x80, 0x56, 0x22, 0x10)).toBe("ok"); // 44100 in 24 bits
    expect(config()).toBe("damaged-config");
    // As ffmpeg writes it: 2.1 channels by a program config, and no SBR behind it.
    const program = "12000504010020000d4c61766335392e33372e31303056e500";
    expect(config(...Buffer.from(program, "hex"))).toBe("ok");
    expect(reasonOf(song({ description: esds(LC_CONFIG, 0x67) }).bytes)).toBe("ok");
    expect(reasonOf(song({ description: esds(LC_CONFIG, 0x6b) }).bytes)).toBe("not-aac-lc");
    expect(reasonOf(song({ description: zeros(0) }).bytes)).toBe("damaged-config");
    expect(reasonOf(song({ entry: "alac" }).bytes)).toBe("not-aac-lc");
    expect(reasonOf(song({ entry: "enca" }).bytes)).toBe("encrypted");
    expect(reasonOf(song({ tracks: 2 }).bytes)).toBe("several-audio-tracks");
    expect(reasonOf(mp4({ track: { handler: "vide" } }))).toBe("not-aac");
    expect(reasonOf(song({ rest: [box("mvex")] }).bytes)).toBe("fragmented");
    const outside = song().bytes;
    // "In this file", the flag of the data reference.
    outside[Buffer.from(outside).indexOf("url ") + 7] = 0;
    expect(reasonOf(outside)).toBe("outside-media");
    const wave = box("wave", box("frma", "mp4a"), esds(LC_CONFIG));
    expect(reasonOf(song({ description: wave }).bytes)).toBe("ok");
  });

  test("of files that are none of these", () => {
    for (const bytes of [zeros(0), zeros(3000), join("OggS", zeros(99)), join("RIFF", zeros(99))])
      expect(reasonOf(bytes)).toBe("not-aac");
  });

  test("of frames cut at any bit, and a stream whose last frame is cut is changed", () => {
    const { bytes } = adtsFrame({ blocks: [[single(), { kind: "data", length: 3, align: true }]] });
    for (let length = bytes.length - 1; length > 7; length--) {
      const shorter = bytes.slice(0, length);
      shorter[4] = length >> 3;
      shorter[5] = (shorter[5]! & 31) | ((length & 7) << 5);
      // Only what follows the last element may be missing: there is nothing.
      expect(reasonOf(shorter)).toBe("damaged-frame");
      expect(reasonOf(bytes.subarray(0, length))).toBe("not-aac");
      const cut = join(bytes, bytes.subarray(0, length));
      const changed = ok(applyAacGain(cut, 1)).bytes;
      expect(same(ok(undoAacGain(changed)).bytes, cut)).toBe(true);
    }
    expect(reasonOf(join(bytes, "junk that is long", bytes))).toBe("damaged-stream");
    const tagged = join("ID3", [4, 0, 0, 0, 0, 0, 3], "abc", bytes, `TAG${"x".repeat(125)}`);
    const changed = ok(applyAacGain(tagged, 1)).bytes;
    expect(Buffer.from(changed).includes("MP3GAIN_UNDO")).toBe(true);
    expect(same(ok(undoAacGain(changed)).bytes, tagged)).toBe(true);
  });

  test("of checksums that are not ours", () => {
    const { bytes } = adtsFrame({ blocks: [[single()]], crc: true });
    expect(reasonOf(bytes)).toBe("ok");
    bytes[8]! ^= 1;
    expect(reasonOf(bytes)).toBe("unknown-checksum");
  });

  test("of tables of samples that lie", () => {
    const { bytes } = song();
    const patched = (type: string, at: number, value: number) => {
      const file = bytes.slice();
      file.set(big(value, 4), Buffer.from(file).indexOf(type) + 4 + at);
      return reasonOf(file);
    };
    expect(patched("stsz", 8, 2)).toBe("ok");
    for (const count of [1, 3, 2 ** 20, 2 ** 32 - 1])
      expect(patched("stsz", 8, count)).toBe("damaged-container");
    expect(patched("stsz", 12, 2 ** 31)).toBe("damaged-container");
    expect(patched("stsz", 4, 7)).not.toBe("ok");
    expect(patched("stco", 4, 2 ** 30)).toBe("damaged-container");
    for (const offset of [0, 20, bytes.length - 4])
      expect(patched("stco", 8, offset)).toBe("damaged-container");
    expect(patched("stsc", 12, 1)).toBe("damaged-container");
    expect(patched("stsc", 16, 2)).toBe("damaged-container");
    expect(patched("stsd", 4, 2)).toBe("damaged-config");
  });
});

describe("hostile input", () => {
  const survives = (bytes: Uint8Array) => {
    const before = bytes.slice();
    planAacGain(bytes);
    undoAacGain(bytes);
    const changed = applyAacGain(bytes, -1);
    if (changed.kind === "done") expect(leadsBackTo(undoAacGain, changed.bytes, bytes)).toBe(true);
    expect(same(bytes, before)).toBe(true);
  };

  test("random bytes, and random bits in a frame, get an answer", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), survives));
    const header = adtsFrame({ blocks: [[]] }).bytes.subarray(0, 7);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 700 }), (bits) => {
        const frame = join(header, bits);
        frame[4] = frame.length >> 3;
        frame[5] = (frame[5]! & 31) | ((frame.length & 7) << 5);
        survives(frame);
      }),
      { numRuns: 3000 },
    );
  });

  test("frames that end at any bit, in zeros or in ones, are changed and undone, or refused", () => {
    const pair: Element = {
      ...{ kind: "pair", left: { ...heard, shaping: true }, right: { ...heard, pulse: true } },
      ...{ common: true, mask: 1, frame: { isShort: true } },
    };
    const data: Element = { kind: "data", length: 256, align: true };
    const { bytes } = adtsFrame({ blocks: [[{ kind: "program" }, pair, data, single()]] });
    for (let at = 8 * 7; at < 8 * bytes.length; at++)
      for (const value of [0, 0xff]) {
        const cut = bytes.slice().fill(value, (at >> 3) + 1);
        const kept = 0xff00 >> (at & 7);
        cut[at >> 3] = (bytes[at >> 3]! & kept) | (value & ~kept);
        survives(cut);
      }
  });

  test("damaged copies are changed and undone, or refused", () => {
    const rest = [udta(meta(item("\xa9nam", "x"), freeform("replaygain_track_gain", "1")))];
    const files = [
      ok(applyAacGain(song({ rest }).bytes, 2)).bytes,
      ok(applyAacGain(song({ rest, first: "moov" }).bytes, 2)).bytes,
      stream(single(), { kind: "program" }, single()),
    ];
    const damage = fc.record({ at: fc.nat(), bits: fc.integer({ min: 1, max: 255 }) });
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(damage, { minLength: 1, maxLength: 4 }),
        fc.nat({ max: 200 }),
        (whole, damages, cut) => {
          const file = whole.slice(0, whole.length - (cut > 100 ? cut - 100 : 0));
          for (const { at, bits } of damages) file[at % file.length]! ^= bits;
          survives(file);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test.each<[string, () => Uint8Array]>([
    [
      "frames",
      () => {
        const one = adtsFrame({ blocks: [[single()]] }).bytes;
        return new Uint8Array(one.length * 60_000).map((_, i) => one[i % one.length]!);
      },
    ],
    [
      "empty fill elements in one sample",
      () => m4a({ frames: [new Array<Element>(300_000).fill({ kind: "fill", length: 0 })] }).bytes,
    ],
    ["sync words", () => new Uint8Array(9e6).fill(0xff)],
    [
      "empty boxes",
      () => {
        const one = box("free");
        return new Uint8Array(9e6).map((_, i) => one[i % one.length]!);
      },
    ],
  ])("megabytes of %s are done in seconds", (_, make) => {
    const bytes = make();
    const spent = processorTime(() => {
      applyAacGain(bytes, 1);
      undoAacGain(bytes);
    });
    expect(spent).toBeLessThan(5000);
  });
});
