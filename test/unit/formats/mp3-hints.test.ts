/** What the first frame of an MP3 says of its encoder, whatever stands in front of it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesSource, gapless, mp3Audio as audioOf, mp3Hints, planMp3Gain } from "@/lib/formats";
import { big, join, noise, zeros } from "../../support/formats/bytes";
import {
  ape,
  frame23,
  frame24,
  id3v1,
  id3v2,
  lyrics3,
  mp3Audio,
  text,
} from "../../support/formats/mpeg";

const none = { variableRate: false, lameQuality: null };

interface Info {
  readonly mark?: "Xing" | "Info";
  readonly encoder?: string;
  readonly quality?: number;
  readonly method?: number;
  readonly frames?: number;
}

/** A first frame of MPEG-1 stereo with all four fields and LAME's extension. */
function infoFrame({ mark = "Xing", ...info }: Info = {}): Uint8Array {
  const { encoder = "LAME3.100", quality = 78, method = 4, frames = 9 } = info;
  const fields = join(mark, big(15, 4), big(frames, 4), big(9999, 4), zeros(100), big(quality, 4));
  const lame = join(encoder, [method], zeros(11), big(576 * 4096 + 1105, 3));
  const head = join([0xff, 0xfb, 0x90, 0x00], zeros(32), fields, lame);
  return join(head, zeros(417 - head.length));
}
const variable = join(infoFrame(), mp3Audio(50));
const hintsOf = (bytes: Uint8Array) => mp3Hints(bytesSource(bytes));

describe("behind every kind of tag LAME's -V2 stays -V2", () => {
  const cover = ape([["Cover Art (Front)", "p".repeat(100_000)]]);
  const tag = id3v2({ version: 3 }, frame23("TIT2", text("t")));
  const fronts: Record<string, Uint8Array> = {
    nothing: zeros(0),
    "APE of 100 kB": cover,
    "APE, then ID3": join(cover, tag),
    "ID3, then APE": join(tag, cover),
    "two APE tags": join(cover, ape([["Title", "t"]])),
    "two ID3 tags": join(tag, id3v2({ version: 4 }, frame24("TIT2", text("u")))),
    "ID3v2.4 with a footer": id3v2({ version: 4, footer: true }, frame24("TIT2", text("t"))),
    "ID3v2.3 with the bit that is a footer in 2.4": id3v2({ version: 3, flags: 0x10 }, zeros(1000)),
    "bytes of junk": noise(5000, 7).map((byte) => byte & 0x7f),
    "junk, then ID3 with a picture": join("junk", id3v2({ version: 3 }, mp3Audio(30))),
  };
  const backs: Record<string, Uint8Array> = {
    nothing: zeros(0),
    "Lyrics3 and ID3v1": join(lyrics3("la la"), id3v1("t")),
    "APE and ID3v1": join(cover, id3v1("t")),
  };
  /** What is no tag counts as audio. */
  const junkIn = (name: string, front: Uint8Array) => (name.includes("junk") ? front.length : 0);
  test.each(Object.entries(fronts))("%s", (name, front) => {
    for (const back of Object.values(backs)) {
      const file = join(front, variable, back);
      expect(hintsOf(file)).toEqual({ variableRate: true, lameQuality: 2 });
      expect(gapless(bytesSource(file), "mp3")).toMatchObject({ delay: 576, padding: 1105 });
      expect(planMp3Gain(file).kind).toBe("done");
      expect(audioOf(bytesSource(file)).size).toBe(variable.length + junkIn(name, front));
    }
  });
});

describe("the header in the first frame", () => {
  test("is nothing at a constant rate, without it, and in no file", () => {
    expect(hintsOf(join(infoFrame({ mark: "Info" }), mp3Audio(9)))).toEqual(none);
    for (const bytes of [mp3Audio(9), zeros(1000), zeros(0)]) expect(hintsOf(bytes)).toEqual(none);
  });

  test("tells LAME's quality of a variable rate by LAME, and of nothing else", () => {
    const quality = (info: Info) => hintsOf(join(infoFrame(info), mp3Audio(9))).lameQuality;
    // 100 - 10·V - q.
    expect([0, 3, 9].map((v) => quality({ quality: 100 - 10 * v - 3 }))).toEqual([0, 3, 9]);
    for (const method of [1, 2, 8, 9]) expect(quality({ method })).toBeNull();
    expect(quality({ encoder: "GOGO3.13b" })).toBeNull();
    expect(quality({ encoder: "Something" })).toBeNull();
    expect(quality({ quality: 101 })).toBeNull();
  });

  test("of Fraunhofer is a variable rate", () => {
    const frame = mp3Audio(1);
    frame.set(join("VBRI"), 36);
    expect(hintsOf(join(frame, mp3Audio(9)))).toEqual({ variableRate: true, lameQuality: null });
  });

  test("may stand two bytes on behind a CRC, and counts no frames where it says 0", () => {
    const frame = join([0xff, 0xfa, 0x90, 0x00], zeros(2), infoFrame().subarray(4, 415));
    const protectedAudio = mp3Audio(9);
    for (let at = 1; at < protectedAudio.length; at += 417) protectedAudio[at] = 0xfa;
    expect(hintsOf(join(frame, protectedAudio))).toEqual({ variableRate: true, lameQuality: 2 });
    const uncounted = join(infoFrame({ frames: 0 }), mp3Audio(9));
    expect(gapless(bytesSource(uncounted), "mp3")).toMatchObject({ delay: 576, samples: null });
  });

  test("is looked for behind any bytes, with an end", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (junk) => {
        const { lameQuality } = hintsOf(junk);
        expect(lameQuality === null || (lameQuality >= 0 && lameQuality <= 9)).toBe(true);
      }),
    );
  });
});
