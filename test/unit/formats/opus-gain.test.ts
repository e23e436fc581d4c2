import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyOpusGain, type OpusGainRefusal } from "@/lib/formats/ogg/opus-gain";
import { changeOpusGain, undoOpusGain } from "@/lib/formats/ogg/opus-undo";
import { decibels } from "@/lib/loudness/units";
import { join } from "../../support/formats/mp3-frames";
import { processorTime } from "../../support/formats/processor-time";
import { opusHead, opusStream, page } from "../../support/formats/ogg-pages";

const ok = <R extends { kind: string }>(
  result: R | OpusGainRefusal,
): Exclude<R, OpusGainRefusal> => {
  if (result.kind !== "done") throw new Error(`refused: ${JSON.stringify(result)}`);
  return result as Exclude<R, OpusGainRefusal>;
};
const apply = (file: Uint8Array, gain: number) => applyOpusGain(file, decibels(gain));
const anyUnits = fc.integer({ min: -32768, max: 32767 });

describe("output gain", () => {
  test("is added to every chained stream, checksums included, and nothing else changes", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -9000, max: 9000 }), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: -20000, max: 20000 }),
        (gains, units) => {
          const chain = (change: number) =>
            join(...gains.map((gain, i) => opusStream(gain + change, { serial: i + 7 })));
          const result = ok(apply(chain(0), units / 256));
          expect(result.bytes).toEqual(chain(units));
          expect(result.gain).toBe(units / 256);
        },
      ),
    );
  });

  test("by 0 dB is the identity, and a gain's negative takes it back", () => {
    fc.assert(
      fc.property(anyUnits, fc.double({ min: -60, max: 60, noNaN: true }), (units, gain) => {
        const file = opusStream(units);
        expect(ok(apply(file, 0)).bytes).toEqual(file);
        const changed = apply(file, gain);
        if (changed.kind === "refused") return;
        expect(Math.abs(changed.gain - gain)).toBeLessThanOrEqual(1 / 512);
        expect(ok(apply(changed.bytes, -changed.gain)).bytes).toEqual(file);
      }),
    );
  });

  test("stops being possible exactly where 16 bits end", () => {
    const file = join(opusStream(-100), opusStream(300));
    const [lowest, highest] = [(-32768 + 100) / 256, (32767 - 300) / 256];
    expect(ok(apply(file, lowest)).gain).toBe(lowest);
    expect(ok(apply(file, highest)).gain).toBe(highest);
    for (const gain of [lowest - 1 / 256, highest + 1 / 256, 1e9])
      expect(apply(file, gain)).toEqual({ kind: "refused", reason: "out-of-range" });
    expect(() => apply(file, Number.NaN)).toThrow(RangeError);
  });

  test("is left alone in streams that are not Opus, and found behind junk", () => {
    const other = page({ serial: 3, first: true, packets: [join("\x01vorbis", [1, 2, 3])] });
    const around = (gain: number) => join("ID3 junk OOggS", other, opusStream(gain), "OggS tail");
    expect(ok(apply(around(5), 1)).bytes).toEqual(around(261));
  });
});

describe("refusals", () => {
  test("each for its reason", () => {
    const first = (packet: Uint8Array) => page({ first: true, packets: [packet] });
    const reason = (file: Uint8Array) => {
      const result = apply(file, 1);
      return result.kind === "refused" ? result.reason : result.kind;
    };
    const wrongCrc = opusStream(0);
    wrongCrc[22] = wrongCrc[22]! ^ 1;
    const newer = opusHead(0);
    newer[8] = 16;
    const compatible = opusHead(0);
    compatible[8] = 15;
    expect(reason(new Uint8Array())).toBe("not-ogg-opus");
    expect(reason(first(join("\x01vorbis")))).toBe("not-ogg-opus");
    expect(reason(wrongCrc)).toBe("damaged-header");
    expect(reason(first(newer))).toBe("damaged-header");
    expect(reason(first(opusHead(0).subarray(0, 18)))).toBe("damaged-header");
    expect(reason(join(opusStream(0), wrongCrc))).toBe("damaged-header");
    expect(reason(first(compatible))).toBe("done");
  });
});

describe("hostile input", () => {
  const survives = (bytes: Uint8Array) => {
    const changed = apply(bytes, 1);
    if (changed.kind === "done") expect(ok(apply(changed.bytes, -1)).bytes).toEqual(bytes);
  };

  test("random and mutated bytes get an answer", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), survives));
    const mutation = fc.record({ at: fc.nat(), bytes: fc.uint8Array({ maxLength: 8 }) });
    fc.assert(
      fc.property(fc.array(mutation, { maxLength: 4 }), fc.nat(), (mutations, cut) => {
        const file = join(
          opusStream(10, { comments: ["R128_TRACK_GAIN=5", "A=B"] }),
          opusStream(-10, { serial: 2 }),
        );
        for (const { at, bytes } of mutations)
          file.set(bytes.subarray(0, file.length - (at % file.length)), at % file.length);
        survives(file.subarray(0, file.length - (cut % 300)));
      }),
      { numRuns: 500 },
    );
  });

  test.each<[string, () => Uint8Array]>([
    ["capture patterns", () => new Uint8Array(9e6).map((_, i) => "OggS".charCodeAt(i & 3))],
    [
      "page headers that promise too much",
      () => {
        const header = join("OggS", [0, 2], new Array<number>(20).fill(0), [255]);
        return new Uint8Array(9e6).map((_, i) => header[i % 27]!);
      },
    ],
    [
      "first pages",
      () => {
        const one = page({ first: true, packets: [opusHead(0)] });
        return new Uint8Array(one.length * 100_000).map((_, i) => one[i % one.length]!);
      },
    ],
  ])("megabytes of %s are done in seconds", (_, make) => {
    const bytes = make();
    expect(processorTime(() => apply(bytes, 1))).toBeLessThan(3000);
  });
});

describe("a change of gain that is on record", () => {
  const done = (result: ReturnType<typeof changeOpusGain>) => {
    if (result.kind !== "done") throw new Error(result.reason);
    return result;
  };
  const change = (file: Uint8Array, gain: number) => done(changeOpusGain(file, decibels(gain)));
  const textOf = (file: Uint8Array) => Buffer.from(file).toString("latin1");
  const comments = fc.array(
    fc.constantFrom("TITLE=Mine", "R128_TRACK_GAIN=-300", "r128_album_gain=7", "X", "A=\x00=;,:"),
  );
  const anyGain = fc.double({ min: -20, max: 20, noNaN: true });

  test("leads back to the very file, however often it was changed", () => {
    fc.assert(
      fc.property(comments, fc.array(anyGain, { maxLength: 4 }), (comments, gains) => {
        const file = opusStream(-256, { comments });
        const changes = gains.map((gain) => Math.round(gain * 256) / 256);
        const changed = changes.reduce((bytes, gain) => change(bytes, gain).bytes, file);
        const sum = changes.reduce((all, gain) => all + gain, 0);
        if (sum === 0) return void expect(changed).toEqual(file);
        expect(textOf(changed)).not.toMatch(/r128_/i);
        const undone = done(undoOpusGain(changed));
        expect(undone.bytes).toEqual(file);
        expect(undone.gain).toBe(sum);
        expect(undoOpusGain(undone.bytes)).toMatchObject({ reason: "nothing-to-undo" });
      }),
    );
  });

  test("over more pages than before, and back", () => {
    const long = `X=${"y".repeat(255 * 255 - 40)}`;
    const file = join(opusStream(0, { comments: [long] }), opusStream(5, { serial: 2 }));
    const changed = change(file, 3).bytes;
    expect(textOf(changed).match(/OggS/g)!.length).toBe(textOf(file).match(/OggS/g)!.length + 1);
    expect(done(undoOpusGain(changed)).bytes).toEqual(file);
  });

  test("is refused where the record says nothing that can be read, or there are two", () => {
    for (const comments of [
      ["LEVELUP_UNDO=2;5;"],
      ["LEVELUP_UNDO=1;5;x"],
      ["LEVELUP_UNDO=1;5;", "levelup_undo=1;5;"],
      ["LEVELUP_UNDO=1;5;0:VElUTEU9TWluZQ=="],
    ]) {
      const refused = { kind: "refused", reason: "damaged-undo" };
      expect(undoOpusGain(opusStream(0, { comments }))).toEqual(refused);
      expect(changeOpusGain(opusStream(0, { comments }), decibels(1))).toEqual(refused);
    }
  });

  test("random and mutated bytes get an answer", () => {
    const file = change(opusStream(9, { comments: ["R128_TRACK_GAIN=5"] }), 2).bytes;
    const mutated = fc
      .array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { maxLength: 6 })
      .map((edits) => {
        const bytes = file.slice();
        for (const [at, value] of edits) bytes[at] = value;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 300 })), (bytes) => {
        expect(["done", "refused"]).toContain(undoOpusGain(bytes).kind);
        expect(["done", "refused"]).toContain(changeOpusGain(bytes, decibels(1.5)).kind);
      }),
    );
  });
});
