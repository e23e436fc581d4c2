import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodingCost } from "@/lib/song/encoding-cost";
import { costText } from "@/lib/song/way-texts";
import { mp3 } from "../batch/fixtures";

const same = { outputFormat: "same", whenEncodedAgain: "size" } as const;
const said = (codec: string, kilobits: number, channels = 2) => {
  const format = { ...mp3, codec, bitRate: kilobits * 1000, channels };
  return costText({ cost: encodingCost(format, same) }, format);
};

describe("what encoding again costs the ear", () => {
  it.each([
    ["mp3", 128, "Encoding MP3 at 128 kb/s again is slightly audible."],
    ["mp3", 192, "Encoding MP3 at 192 kb/s again is hardly audible."],
    ["mp3", 320, "Encoding MP3 at 320 kb/s again is inaudible."],
    ["mp3", 96, "Encoding MP3 at 96 kb/s again is at least slightly audible."],
    ["aac", 128, "Encoding AAC at 128 kb/s again is clearly audible."],
    ["vorbis", 160, "Encoding Ogg Vorbis at 160 kb/s again is clearly audible."],
    ["opus", 128, "Encoding Opus at 128 kb/s again is inaudible."],
  ])("%s at %d kb/s", (codec, kilobits, text) => {
    expect(said(codec, kilobits)).toBe(text);
  });

  it("is not told where it was not measured", () => {
    expect(said("wmav2", 128)).toBeNull();
    expect(said("opus", 48)).toBeNull();
    expect(encodingCost({ ...mp3, bitRate: null }, same)).toBeNull();
    expect(encodingCost(mp3, { ...same, outputFormat: "opus" })).toBeNull();
    expect(encodingCost(mp3, { ...same, outputFormat: "mp3" })).not.toBeNull();
  });

  it("is less at a step up in rate", () => {
    const sound = { outputFormat: "same", whenEncodedAgain: "sound" } as const;
    const format = { ...mp3, codec: "aac", bitRate: 128_000, channels: 2 };
    expect(encodingCost(format, same)!.audible).toBe("clearly");
    expect(encodingCost(format, sound)!.audible).toBe("slightly");
  });

  it("is counted by the channel, and never more at a higher rate", () => {
    expect(said("mp3", 64, 1)).toContain("is slightly audible");
    const worst = ["inaudible", "hardly", "slightly", "clearly"];
    const rate = fc.integer({ min: 96, max: 400 });
    fc.assert(
      fc.property(fc.constantFrom("mp3", "aac", "vorbis"), rate, rate, (codec, a, b) => {
        const [low, high] = [a, b]
          .toSorted((x, y) => x - y)
          .map((kilobits) => encodingCost({ ...mp3, codec, bitRate: kilobits * 1000 }, same))
          .map((cost) => worst.indexOf(cost!.audible));
        expect(high!).toBeLessThanOrEqual(low!);
      }),
    );
  });
});
