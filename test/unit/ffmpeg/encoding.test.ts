import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planEncoding } from "@/lib/ffmpeg/plan-encoding";
import { noHints, type EncoderHints } from "@/lib/formats";
import type { Probe } from "@/lib/ffmpeg/probe";
import type { SourceFormat } from "@/lib/song/source-format";
import { leveledText } from "@/lib/song/texts";
import { seconds } from "@/lib/loudness/units";
import { descriptions } from "@/lib/settings/descriptions";
import { valuesOf } from "@/lib/settings/kinds";
import type { EncodingWay, OutputFormat } from "@/lib/settings/settings";

const formats = {
  mp3: { container: "mp3", codec: "mp3", bitRate: 320_000 },
  flac: { container: "flac", codec: "flac", bitDepth: 16, lossless: true, bitRate: 900_000 },
  flac24: { container: "flac", codec: "flac", bitDepth: 24, lossless: true },
  wav: { container: "wav", codec: "pcm_s16le", bitDepth: 16, lossless: true },
  wav8: { container: "wav", codec: "pcm_u8", bitDepth: 8, lossless: true },
  wavFloat: { container: "wav", codec: "pcm_f32le", bitDepth: 32, lossless: true },
  w64: { container: "w64", codec: "pcm_s24le", bitDepth: 24, lossless: true },
  aiff: { container: "aiff", codec: "pcm_s16be", bitDepth: 16, lossless: true },
  aiffLittle: { container: "aiff", codec: "pcm_s16le", bitDepth: 16, lossless: true },
  caf: { container: "caf", codec: "pcm_s24be", bitDepth: 24, lossless: true },
  aac: { container: "m4a", codec: "aac", bitRate: 256_000 },
  adts: { container: "aac", codec: "aac", bitRate: 128_000 },
  alac: { container: "m4a", codec: "alac", bitDepth: 16, lossless: true },
  alac24: { container: "m4a", codec: "alac", bitDepth: 24, lossless: true },
  vorbis: { container: "ogg", codec: "vorbis", bitRate: 160_000 },
  webm: { container: "matroska", codec: "vorbis", bitRate: 160_000 },
  oggflac: { container: "ogg", codec: "flac", bitDepth: 16, lossless: true },
  opus: { container: "opus", codec: "opus", bitRate: 96_000, sampleRate: 48_000 },
  wma: { container: "wma", codec: "wmav2", bitRate: 192_000 },
  wavpack: { container: "wavpack", codec: "wavpack", bitDepth: 16, lossless: true },
  tta: { container: "tta", codec: "tta", bitDepth: 16, lossless: true },
  ape: { container: "ape", codec: "ape", bitDepth: 16, lossless: true },
  musepack: { container: "mpc8", codec: "musepack8", bitRate: 170_000 },
  ac3: {
    container: "ac3",
    codec: "ac3",
    bitRate: 448_000,
    channels: 6,
    channelLayout: "5.1(side)",
  },
} satisfies Record<string, Partial<SourceFormat>>;

const probeOf = (format: Partial<SourceFormat>, change: Partial<Probe> = {}): Probe => ({
  format: {
    container: "mp3",
    codec: "mp3",
    sampleRate: 44_100,
    channels: 2,
    channelLayout: "stereo",
    bitRate: null,
    bitDepth: null,
    lossless: false,
    soundTracks: 1,
    ...format,
  },
  duration: seconds(180),
  sampleFormat: format.codec === "pcm_f32le" ? "flt" : "s16",
  profile: null,
  covers: [],
  hasVideo: false,
  streamIndex: 0,
  ...change,
});

const into = (
  outputFormat: OutputFormat,
  whenEncodedAgain: EncodingWay["whenEncodedAgain"] = "size",
): EncodingWay => ({ outputFormat, whenEncodedAgain });

const same = (format: Partial<SourceFormat>, extension = "", hints: EncoderHints = noHints) =>
  planEncoding(probeOf(format), into("same"), hints, extension);

const rateOf = (args: readonly string[], option = "-b:a") => args[args.indexOf(option) + 1];

describe("the encoding of a song as its source was", () => {
  it.each<[keyof typeof formats, string, string, string]>([
    ["mp3", "mp3", "mp3", "-c:a libmp3lame -b:a 320k -compression_level 5 -write_id3v1 0"],
    ["flac", "flac", "flac", "-c:a flac -compression_level 5 -sample_fmt s16"],
    [
      "flac24",
      "flac",
      "flac",
      "-c:a flac -compression_level 5 -sample_fmt s32 -bits_per_raw_sample 24 -strict -2",
    ],
    ["wav", "wav", "wav", "-c:a pcm_s16le -rf64 auto"],
    ["wav8", "wav", "wav", "-c:a pcm_u8 -rf64 auto"],
    ["wavFloat", "wav", "wav", "-c:a pcm_f32le -rf64 auto"],
    ["w64", "w64", "w64", "-c:a pcm_s24le"],
    ["aiff", "aiff", "aiff", "-c:a pcm_s16be"],
    ["aiffLittle", "aiff", "aiff", "-c:a pcm_s16be"],
    ["caf", "caf", "caf", "-c:a pcm_s24be"],
    [
      "aac",
      "m4a",
      "ipod",
      "-c:a aac -aac_coder fast -aac_is 0 -b:a 256000 -movflags +faststart -brand M4A ",
    ],
    ["alac", "m4a", "ipod", "-c:a alac -sample_fmt s16p -movflags +faststart -brand M4A "],
    ["alac24", "m4a", "ipod", "-c:a alac -sample_fmt s32p -movflags +faststart -brand M4A "],
    ["vorbis", "ogg", "ogg", "-c:a libvorbis -q:a 5.00"],
    ["oggflac", "ogg", "ogg", "-c:a flac -compression_level 5 -sample_fmt s16"],
    ["opus", "opus", "opus", "-c:a libopus -b:a 96000 -vbr on"],
    ["wma", "wma", "asf", "-af apad=pad_len=2048 -c:a wmav2 -b:a 192000"],
    ["wavpack", "wv", "wv", "-c:a wavpack -sample_fmt s16p"],
    ["tta", "tta", "tta", "-c:a tta -sample_fmt s16"],
  ])("%s → .%s", (name, extension, muxer, args) => {
    const encoding = same(formats[name], extension);
    expect(encoding.args.join(" ")).toBe(args);
    expect(encoding).toMatchObject({ extension, muxer, savedAs: null, channels: 2 });
    const { sampleRate } = probeOf(formats[name]).format;
    expect(encoding.sampleRate).toBe(sampleRate);
  });

  it.each<[keyof typeof formats, string, string]>([
    ["ape", "flac", "Saved as FLAC: ape can be read here but not written."],
    ["musepack", "mp3", "Saved as MP3: musepack8 can be read here but not written."],
    ["ac3", "m4a", "Saved as AAC (M4A): ac3 can be read here but not written."],
    ["adts", "m4a", "Saved as AAC (M4A): the same codec in its usual container."],
    ["webm", "ogg", "Saved as Ogg Vorbis: the same codec in its usual container."],
  ])("%s falls back to .%s and says so", (name, extension, note) => {
    const encoding = same(formats[name]);
    expect(encoding.extension).toBe(extension);
    const told = { shortfall: null, held: null, passes: 1, notes: [encoding.savedAs!] };
    expect(leveledText(told)).toBe(note);
  });

  it("takes the sound out of a video, and says so", () => {
    const film = probeOf(formats.aac, { hasVideo: true });
    const encoding = planEncoding(film, into("same"), noHints, "mp4");
    expect(encoding.extension).toBe("m4a");
    const told = { shortfall: null, held: null, passes: 1, notes: [encoding.savedAs!] };
    expect(leveledText(told)).toBe("Saved as AAC (M4A): the sound of a video.");
  });

  it.each<[keyof typeof formats, string]>([
    ["aac", "m4b"],
    ["aac", "mp4"],
    ["vorbis", "oga"],
    ["opus", "ogg"],
    ["aiff", "aif"],
    ["wav", "wave"],
  ])("%s keeps its own extension .%s", (name, extension) => {
    expect(same(formats[name], extension).extension).toBe(extension);
  });

  it("gives a misnamed song the extension of what it is", () => {
    expect(same(formats.flac, "mp3").extension).toBe("flac");
  });

  it("dithers what is stored in 16 bits and nothing else", () => {
    const dithered = Object.entries(formats).filter(([, format]) => same(format).dither16);
    expect(dithered.map(([name]) => name).sort()).toEqual(
      ["flac", "wav", "aiff", "aiffLittle", "alac", "oggflac", "wavpack", "tta", "ape"].sort(),
    );
  });
});

describe("bit rates", () => {
  it.each([
    [320_000, "320k"],
    [128_000, "128k"],
    [130_500, "128k"],
    [40_000, "40k"],
    [16_000, "32k"],
  ])("an MP3 of %i b/s stays one", (bitRate, expected) => {
    expect(rateOf(same({ ...formats.mp3, bitRate }).args)).toBe(expected);
  });

  it.each([
    ["128 kb/s", { bitRate: 128_000 }, noHints, false],
    ["192 kb/s", { bitRate: 192_000 }, noHints, true],
    ["mono at 96 kb/s", { bitRate: 96_000, channels: 1 }, noHints, true],
    ["its own quality", {}, { variableRate: true, lameQuality: 5 }, true],
    [
      "an average of 130 kb/s",
      { bitRate: 130_000 },
      { variableRate: true, lameQuality: null },
      false,
    ],
  ])("let LAME search less from 192 kb/s of stereo on: %s", (_, format, hints, less) => {
    const { args } = same({ ...formats.mp3, ...format }, "mp3", hints);
    expect(args.join(" ").includes("-compression_level 5")).toBe(less);
  });

  it("keep LAME's own quality of a variable MP3, or its average", () => {
    const vbr = same(formats.mp3, "mp3", { variableRate: true, lameQuality: 2 });
    expect(rateOf(vbr.args, "-q:a")).toBe("2");
    const average = { ...formats.mp3, bitRate: 187_345 };
    const abr = same(average, "mp3", { variableRate: true, lameQuality: null });
    expect(abr.args.join(" ")).toContain("-abr 1 -b:a 187345");
  });

  it("of AAC stay up to what the format can hold", () => {
    expect(rateOf(same({ ...formats.aac, bitRate: 320_000 }).args)).toBe("320000");
    const hollow = { ...formats.aac, bitRate: 500_000, channels: 1, sampleRate: 22_050 };
    expect(Number(rateOf(same(hollow).args))).toBe(6 * 22_050);
  });

  // The nominal rates that this core's libvorbis writes at -q:a 5 (and 0): the encoder's own table.
  it.each([
    [44_100, 2, 160_000, "5.00"],
    [48_000, 1, 96_000, "5.00"],
    [44_100, 6, 450_000, "5.00"],
    [44_100, 4, 384_000, "5.00"],
    [32_000, 2, 150_000, "5.00"],
    [22_050, 2, 88_000, "5.00"],
    [16_000, 1, 64_000, "5.00"],
    [11_025, 2, 57_000, "5.00"],
    [8000, 1, 28_000, "5.00"],
    [44_100, 2, 20_000, "0.00"],
    [44_100, 2, 900_000, "10.00"],
    [44_100, 2, 176_000, "5.50"],
  ])(
    "of Vorbis at %i Hz, %i channels, %i b/s become -q:a %4$s",
    (sampleRate, channels, bitRate, q) => {
      expect(rateOf(same({ ...formats.vorbis, sampleRate, channels, bitRate }).args, "-q:a")).toBe(
        q,
      );
    },
  );

  it("are transparent ones for a lossless source", () => {
    const to = (wanted: "mp3" | "m4a" | "opus" | "ogg") =>
      planEncoding(probeOf(formats.flac), into(wanted), noHints, "flac").args;
    expect(rateOf(to("mp3"))).toBe("320k");
    expect(rateOf(to("m4a"))).toBe("256000");
    expect(rateOf(to("opus"))).toBe("192000");
    expect(rateOf(to("ogg"), "-q:a")).toBe("8.00");
  });

  it("never fall under a safe one when a lossy codec becomes another", () => {
    const low = probeOf({ ...formats.opus, bitRate: 48_000 });
    expect(rateOf(planEncoding(low, into("mp3"), noHints, "opus").args)).toBe("128k");
  });
});

describe("a lossy song that keeps its sound", () => {
  const keeping = (format: Partial<SourceFormat>, hints: EncoderHints = noHints) =>
    planEncoding(probeOf(format), into("same", "sound"), hints, "").args.join(" ");

  it.each<[string, Partial<SourceFormat>, string]>([
    ["MP3 128", { ...formats.mp3, bitRate: 128_000 }, "-b:a 160k "],
    ["MP3 192", { ...formats.mp3, bitRate: 192_000 }, "-b:a 224k "],
    ["MP3 320", formats.mp3, "-b:a 320k "],
    ["mono MP3 64", { ...formats.mp3, bitRate: 64_000, channels: 1 }, "-b:a 80k "],
    ["AAC 127", { ...formats.aac, bitRate: 127_300 }, "-b:a 160000 "],
    ["AAC 192", { ...formats.aac, bitRate: 192_000 }, "-b:a 224000 "],
    ["AAC 256", formats.aac, "-b:a 320000 "],
    ["Vorbis 5", formats.vorbis, "-q:a 6.50"],
    ["Vorbis 7", { ...formats.vorbis, bitRate: 224_000 }, "-q:a 8.00"],
    ["Vorbis 9", { ...formats.vorbis, bitRate: 320_000 }, "-q:a 9.00"],
    ["Opus", formats.opus, "-b:a 96000 "],
    ["WMA 128", { ...formats.wma, bitRate: 128_000 }, "-b:a 160000"],
  ])("is encoded a step up, where that is heard: %s", (_, format, args) => {
    expect(keeping(format)).toContain(args);
  });

  it("gets the next better quality of a variable MP3", () => {
    const hints = { variableRate: true, lameQuality: 2 };
    expect(keeping(formats.mp3, hints)).toContain("-q:a 1 ");
    expect(keeping(formats.mp3, { ...hints, lameQuality: 0 })).toContain("-q:a 0 ");
  });

  it("never loses rate, and another kind and a lossless source are encoded as ever", () => {
    const lossy = fc.constantFrom(formats.mp3, formats.aac, formats.vorbis, formats.wma);
    const rate = fc.integer({ min: 1000, max: 2_000_000 });
    fc.assert(
      fc.property(lossy, rate, fc.constantFrom(1, 2, 6), (format, bitRate, channels) => {
        const probe = probeOf({ ...format, bitRate, channels });
        const [size, sound] = (["size", "sound"] as const).map((keep) => {
          const { args } = planEncoding(probe, into("same", keep), noHints, "");
          return parseFloat(rateOf(args, args.includes("-q:a") ? "-q:a" : "-b:a")!);
        });
        expect(sound).toBeGreaterThanOrEqual(size!);
      }),
    );
    for (const format of [formats.flac, formats.opus, formats.musepack]) {
      const [size, sound] = (["size", "sound"] as const).map(
        (keep) => planEncoding(probeOf(format), into("mp3", keep), noHints, "").args,
      );
      expect(sound).toEqual(size);
    }
  });
});

describe("what is foreseen of an encoder", () => {
  const responseOf = (format: Partial<SourceFormat>, hints: EncoderHints = noHints) =>
    same(format, "", hints).response;

  it.each(["mp3", "aac", "vorbis", "opus"] as const)(
    "adds the less to peaks the higher the rate of %s",
    (name) => {
      const margins = [96, 128, 192, 256].map((rate) => {
        const { toLimited, toUntouched } = responseOf({ ...formats[name], bitRate: rate * 1000 });
        return { toLimited, toUntouched };
      });
      expect(margins).toEqual(
        margins.toSorted((a, b) => b.toLimited - a.toLimited || b.toUntouched - a.toUntouched),
      );
      expect(margins[0]!.toLimited).toBeGreaterThan(margins.at(-1)!.toLimited);
    },
  );

  it("is of a variable MP3 what it is of the rate that its quality comes to, without LAME's scale", () => {
    const variable = (lameQuality: number) =>
      responseOf(formats.mp3, { variableRate: true, lameQuality });
    for (const [quality, bitRate] of [
      [5, 128_000],
      [2, 192_000],
      [0, 256_000],
    ] as const) {
      const constant = responseOf({ ...formats.mp3, bitRate });
      expect(variable(quality)).toEqual({ ...constant, loudnessChange: 0 });
    }
  });
});

describe("what an encoder cannot take", () => {
  it.each([
    [192_000, 48_000, 96_000],
    [176_400, 44_100, 88_200],
    [96_000, 48_000, 96_000],
    [88_200, 44_100, 88_200],
    [8000, 8000, 8000],
    [37_800, 44_100, 44_100],
  ])("%i Hz becomes %i for MP3, %i for AAC", (sampleRate, mp3, aac) => {
    const probe = probeOf({ ...formats.flac, sampleRate });
    expect(planEncoding(probe, into("mp3"), noHints, "").sampleRate).toBe(mp3);
    expect(planEncoding(probe, into("m4a"), noHints, "").sampleRate).toBe(aac);
    expect(planEncoding(probe, into("flac"), noHints, "").sampleRate).toBe(sampleRate);
    expect(planEncoding(probe, into("opus"), noHints, "").sampleRate).toBe(48_000);
  });

  it("keeps 5.1 where the format has it and folds it down where it has not", () => {
    const probe = probeOf({ ...formats.flac, channels: 6, channelLayout: "5.1" });
    const channels = (wanted: "mp3" | "m4a" | "opus" | "ogg" | "wav") =>
      planEncoding(probe, into(wanted), noHints, "").channels;
    expect(channels("mp3")).toBe(2);
    expect((["m4a", "opus", "ogg", "wav"] as const).map(channels)).toEqual([6, 6, 6, 6]);
  });
});

describe("any encoding", () => {
  const anyFormat = fc
    .record({
      base: fc.constantFrom(...Object.values(formats)),
      sampleRate: fc.constantFrom(8000, 11_025, 22_050, 37_800, 44_100, 48_000, 96_000, 192_000),
      channels: fc.integer({ min: 1, max: 8 }),
      bitRate: fc.option(fc.integer({ min: 1000, max: 10_000_000 })),
    })
    .map(({ base, ...rest }) => ({ ...base, ...rest }));

  it("is one the asked-for kind, never with more channels than the source, and never silent about a change", () => {
    fc.assert(
      fc.property(
        anyFormat,
        fc.constantFrom(...valuesOf(descriptions.outputFormat)),
        (format, wanted) => {
          const encoding = planEncoding(probeOf(format), into(wanted), noHints, format.container);
          expect(encoding.channels).toBeLessThanOrEqual(format.channels);
          expect(encoding.channels).toBeGreaterThan(0);
          if (wanted !== "same") {
            expect(encoding.extension).toBe(wanted);
            return;
          }
          if (encoding.savedAs === null && encoding.kind !== "alac") {
            expect([encoding.extension, encoding.kind, encoding.muxer]).toContain(
              format.container === "m4a" ? "ipod" : format.container,
            );
          }
          for (const arg of encoding.args) expect(arg).not.toMatch(/NaN|undefined|Infinity|null/);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
