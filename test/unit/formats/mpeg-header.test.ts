/** A header is judged by one function, and everything that meets headers judges alike. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesSource, gapless, mp3Hints, planMp3Gain, transplantTags } from "@/lib/formats";
import { looksLikeSong } from "@/lib/formats/sniff";
import { frameLength, isFreeFormat, isHeader } from "@/lib/formats/mpeg/header";
import { big, join, zeros } from "../../support/formats/bytes";
import { anyStream, buildStream } from "../../support/formats/mp3-frames";
import { lameFrame, mp3Audio } from "../../support/formats/mpeg";

interface Judged {
  readonly layer: 1 | 2 | 3;
  readonly mpeg1: boolean;
  readonly mono: boolean;
  readonly crc: boolean;
  /** 0 for free format. */
  readonly length: number;
}

/** kbit/s by index from ISO 11172-3 and 13818-3, table 2.4.2.3; what is the same is said once. */
const kilobits: Readonly<Record<string, string>> = {
  "1-1": "32 64 96 128 160 192 224 256 288 320 352 384 416 448",
  "1-2": "32 48 56 64 80 96 112 128 160 192 224 256 320 384",
  "1-3": "32 40 48 56 64 80 96 112 128 160 192 224 256 320",
  "2-1": "32 48 56 64 80 96 112 128 144 160 176 192 224 256",
  "2-2": "8 16 24 32 40 48 56 64 80 96 112 128 144 160",
  "2-3": "8 16 24 32 40 48 56 64 80 96 112 128 144 160",
};

/** The standard field by field, bit by bit, apart from the code under test. */
function judge(word: number): Judged | null {
  const bits = word.toString(2).padStart(32, "0");
  const field = (from: number, length: number) =>
    Number.parseInt(bits.slice(from, from + length), 2);
  if (bits.slice(0, 11) !== "1".repeat(11)) return null;
  const version = ({ "00": 2.5, "10": 2, "11": 1 } as Record<string, number>)[bits.slice(11, 13)];
  const layer = ({ "01": 3, "10": 2, "11": 1 } as const)[bits.slice(13, 15)];
  const rate = [44_100, 48_000, 32_000][field(20, 2)];
  const index = field(16, 4);
  if (version === undefined || layer === undefined || rate === undefined || index === 15)
    return null;
  const mpeg1 = version === 1;
  const hertz = rate / (mpeg1 ? 1 : version * 2 - (version === 2.5 ? 1 : 2));
  const list = kilobits[`${mpeg1 ? 1 : 2}-${layer}`]!.split(" ").map(Number);
  const bitRate = index === 0 ? 0 : list[index - 1]! * 1000;
  const padding = field(22, 1);
  const samples = layer === 1 ? 384 : layer === 2 || mpeg1 ? 1152 : 576;
  const slot = layer === 1 ? 4 : 1;
  const slots = Math.floor((samples / 8 / slot) * (bitRate / hertz)) + padding;
  return {
    ...{ layer, mpeg1 },
    mono: field(24, 2) === 3,
    crc: field(15, 1) === 0,
    length: index === 0 ? 0 : slots * slot,
  };
}

/** Any word; most of them with a sync, since few others have one. */
const anyWord = fc.oneof(
  { weight: 1, arbitrary: fc.nat(0xffff_ffff) },
  { weight: 6, arbitrary: fc.nat(0x1f_ffff).map((low) => (0xffe0_0000 + low) >>> 0) },
);

describe("a header", () => {
  test("is one, and is followed by the next, where the standard says so", () => {
    fc.assert(
      fc.property(anyWord, (word) => {
        const judged = judge(word);
        expect(isHeader(word)).toBe(judged !== null);
        if (judged === null) return;
        expect(isFreeFormat(word)).toBe(judged.length === 0);
        expect(frameLength(word)).toBe(judged.length);
      }),
      { numRuns: 5000 },
    );
  });

  test("is the same to sniffing, finding the audio, hints, gapless figures and the gain", () => {
    fc.assert(
      fc.property(anyWord, (word) => {
        const judged = judge(word);
        // Free format is a matter of distances, not of the word.
        fc.pre(judged?.length !== 0);
        // What is no header must not have one in its midst.
        const shifted = [8, 16].map(
          (by) => (word * 2 ** by + (by === 8 ? 0x55 : 0x5555)) % 2 ** 32,
        );
        fc.pre(judged !== null || shifted.every((other) => judge(other) === null));
        const length = judged?.length ?? 417;
        const frame = join(big(word, 4), new Uint8Array(Math.max(0, length - 4)).fill(0x55));
        const first = frame.slice();
        const side = (judged?.mpeg1 ? [32, 17] : [17, 9])[judged?.mono ? 1 : 0]!;
        const lame = join("Xing", big(9, 4), big(7, 4), big(78, 4), "LAME3.100", [4]);
        const info = join(lame, zeros(11), big(576 * 4096 + 1000, 3));
        const holds = judged?.layer === 3 && 4 + side + info.length <= length;
        if (holds) first.set(info, 4 + side);
        const file = join(first, frame, frame, frame);
        const source = bytesSource(file);

        expect(looksLikeSong(file)).toBe(judged !== null);
        const encoded = transplantTags(bytesSource(zeros(0)), source, "mp3");
        expect(encoded.kind).toBe(judged === null ? "refused" : "done");
        const plan = planMp3Gain(file);
        const refusal = judged === null ? "no-frames" : "not-layer-3";
        if (judged?.layer === 3) expect(plan.kind).toBe("done");
        else expect(plan).toEqual({ kind: "refused", reason: refusal });
        expect(mp3Hints(source)).toEqual(
          holds
            ? { variableRate: true, lameQuality: 2 }
            : { variableRate: false, lameQuality: null },
        );
        expect(gapless(source, "mp3")?.samples ?? null).toBe(
          holds ? 7 * (judged.mpeg1 ? 1152 : 576) - 1576 : null,
        );
      }),
      { numRuns: 1500 },
    );
  });

  test("with the reserved emphasis is one: players take its frame", () => {
    const frames = mp3Audio(4);
    for (let at = 3; at < frames.length; at += 417) frames[at] = 2;
    expect(looksLikeSong(frames)).toBe(true);
    expect(planMp3Gain(frames).kind).toBe("done");
  });
});

describe("damaged streams", () => {
  const damaged = fc
    .tuple(
      anyStream(fc.integer({ min: 60, max: 200 }), { minLength: 1, maxLength: 8 }),
      fc.array(fc.tuple(fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 6 })), {
        maxLength: 12,
      }),
      fc.nat(600),
      fc.uint8Array({ maxLength: 300 }),
    )
    .map(([specs, writes, cut, junk]) => {
      const bytes = join(junk, buildStream(specs));
      for (const [place, change] of writes) {
        const at = place % bytes.length;
        bytes.set(change.subarray(0, bytes.length - at), at);
      }
      return bytes.subarray(0, Math.max(0, bytes.length - cut));
    });

  test("begin for the gain where they begin for the tags, and nowhere for neither", () => {
    let found = 0;
    fc.assert(
      fc.property(damaged, (bytes) => {
        const plan = planMp3Gain(bytes);
        const none = plan.kind === "refused" && plan.reason === "no-frames";
        const encoded = transplantTags(bytesSource(zeros(0)), bytesSource(bytes), "mp3");
        expect(encoded.kind).toBe(none ? "refused" : "done");
        if (looksLikeSong(bytes)) expect(encoded.kind).toBe("done");
        if (!none) found++;
      }),
      { numRuns: 2000 },
    );
    expect(found).toBeGreaterThan(200);
  });

  test("keep their first frame's header, whatever follows the frames that confirm it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (rest) => {
        const file = join(lameFrame(100, 576, 1105), mp3Audio(2), rest);
        expect(gapless(bytesSource(file), "mp3")).toMatchObject({ delay: 576, padding: 1105 });
        expect(mp3Hints(bytesSource(file)).variableRate).toBe(true);
      }),
    );
  });
});
