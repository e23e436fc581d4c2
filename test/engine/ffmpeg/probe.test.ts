import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runFfmpeg } from "../../../scripts/samples/core";
import { freshFfmpeg } from "../../support/song-tools";
import { readProbe } from "@/lib/ffmpeg/probe";
import { bytesSource } from "@/lib/formats";
import { sourceFile } from "@/lib/song-path/pcm";

const SINE = "sine=440:r=44100:d=0.2";
const PICTURE = ["-f", "lavfi", "-i", "color=c=red:s=32x32:r=5:d=1"];

async function made(file: string, args: readonly string[], graph = SINE): Promise<Uint8Array> {
  const run = await runFfmpeg(["-f", "lavfi", "-i", graph, ...args, file], {}, [file]);
  if (!run.outputs[0]) throw new Error(run.log.slice(-5).join("\n"));
  return run.outputs[0];
}

async function probe(bytes: Uint8Array) {
  const ffmpeg = await freshFfmpeg();
  ffmpeg.mount("/song/source", sourceFile(bytesSource(bytes)));
  return readProbe(ffmpeg.probe("/song/source"));
}

const text = (...lines: readonly string[]) => new TextEncoder().encode(lines.join("\n") + "\n");

describe("what ffprobe tells of a song", () => {
  it.each<[string, readonly string[], object]>([
    [
      "a.mp3",
      ["-b:a", "128k"],
      { container: "mp3", codec: "mp3", bitRate: 128_000, bitDepth: null, lossless: false },
    ],
    ["a.flac", [], { container: "flac", codec: "flac", bitDepth: 16, lossless: true }],
    [
      "b.flac",
      ["-sample_fmt", "s32", "-bits_per_raw_sample", "24"],
      { codec: "flac", bitDepth: 24 },
    ],
    [
      "a.wav",
      [],
      { container: "wav", codec: "pcm_s16le", bitDepth: 16, bitRate: 705_600, lossless: true },
    ],
    ["b.wav", ["-c:a", "pcm_u8"], { codec: "pcm_u8", bitDepth: 8 }],
    ["c.wav", ["-c:a", "pcm_f32le"], { codec: "pcm_f32le", bitDepth: 32 }],
    ["d.wav", ["-c:a", "pcm_alaw"], { codec: "pcm_alaw", bitDepth: null, lossless: false }],
    ["a.aiff", [], { container: "aiff", codec: "pcm_s16be", bitDepth: 16 }],
    ["a.m4a", [], { container: "m4a", codec: "aac", bitDepth: null, lossless: false }],
    [
      "b.m4a",
      ["-c:a", "alac", "-sample_fmt", "s16p"],
      { container: "m4a", codec: "alac", bitDepth: 16, lossless: true },
    ],
    ["a.aac", [], { container: "aac", codec: "aac", lossless: false }],
    [
      "a.ogg",
      ["-c:a", "libvorbis"],
      { container: "ogg", codec: "vorbis", bitRate: 80_000, lossless: false },
    ],
    ["b.ogg", ["-c:a", "flac"], { container: "ogg", codec: "flac", bitDepth: 16, lossless: true }],
    [
      "a.opus",
      ["-compression_level", "4"],
      { container: "opus", codec: "opus", sampleRate: 48_000, lossless: false },
    ],
    ["a.wma", [], { container: "wma", codec: "wmav2", bitRate: 128_000 }],
    [
      "a.wv",
      ["-sample_fmt", "s16p"],
      { container: "wavpack", codec: "wavpack", bitDepth: 16, lossless: true },
    ],
    [
      "a.tta",
      ["-sample_fmt", "s16"],
      { container: "tta", codec: "tta", bitDepth: 16, lossless: true },
    ],
    ["a.caf", ["-c:a", "pcm_s24be"], { container: "caf", codec: "pcm_s24be", bitDepth: 24 }],
    ["a.w64", [], { container: "w64", codec: "pcm_s16le" }],
    ["a.mka", ["-c:a", "libvorbis"], { container: "matroska", codec: "vorbis" }],
  ])("%s %j", async (file, args, format) => {
    const found = await probe(await made(file, args));
    const expected = { sampleRate: 44_100, channels: 1, ...format };
    expect(found).toMatchObject({ format: expected, hasVideo: false, covers: [], streamIndex: 0 });
    expect((found as { duration: number }).duration).toBeCloseTo(0.2, 0);
  });

  it("tells a cover from a moving picture", async () => {
    const cover = ["-map", "0:a", "-map", "1:v", "-frames:v", "1", "-c:v", "mjpeg"];
    const attached = ["-disposition:v:0", "attached_pic"];
    const withCover = await probe(await made("a.mp3", [...PICTURE, ...cover, ...attached]));
    expect(withCover).toMatchObject({ covers: [0], hasVideo: false, streamIndex: 0 });
    const video = ["-map", "1:v", "-map", "0:a", "-c:v", "mpeg4", "-c:a", "aac"];
    const film = await probe(await made("a.mp4", [...PICTURE, ...video]));
    expect(film).toMatchObject({
      covers: [],
      hasVideo: true,
      streamIndex: 1,
      format: { codec: "aac" },
    });
  });

  it("knows no rate of a Vorbis file that states none", async () => {
    const found = await probe(await made("a.ogg", ["-c:a", "libvorbis"], "sine=440:r=96000:d=1"));
    const { bitRate } = (found as { format: { bitRate: number } }).format;
    expect(bitRate).toBeGreaterThan(5000);
    expect(bitRate).toBeLessThan(500_000);
  });

  it("refuses a sample rate that no meter is made for", async () => {
    expect(await probe(await made("a.wav", [], "sine=100:r=1000:d=1"))).toBe("unsupported-codec");
  });

  it("tells a film without sound from what is no film", async () => {
    const silent = ["-map", "1:v", "-c:v", "mpeg4"];
    expect(await probe(await made("a.mp4", [...PICTURE, ...silent]))).toBe("no-audio-stream");
  });

  it.each<[string, Uint8Array | (() => Promise<Uint8Array>)]>([
    ["prose", text("This is no song.".repeat(200))],
    ["a list for concat", text("ffconcat version 1.0", "file /song/source")],
    [
      "an HLS playlist",
      text(
        "#EXTM3U",
        "#EXT-X-TARGETDURATION:5",
        "#EXTINF:5,",
        "http://example.org/a.ts",
        "#EXT-X-ENDLIST",
      ),
    ],
    ["an M3U playlist", text("#EXTM3U", "#EXTINF:5,", "a.mp3")],
    [
      "a session description",
      text(
        "v=0",
        "o=- 0 0 IN IP4 127.0.0.1",
        "s=x",
        "c=IN IP4 127.0.0.1",
        "t=0 0",
        "m=audio 5004 RTP/AVP 0",
      ),
    ],
    ["lyrics", text("[00:01.00]la", "[00:02.00]la", "[00:03.00]la")],
    ["subtitles", text("1", "00:00:01,000 --> 00:00:02,000", "la", "")],
    ["ffmpeg's own metadata", text(";FFMETADATA1", "title=x")],
    ["nothing but zeros", new Uint8Array(50_000)],
    ["a PNG", () => made("a.png", [...PICTURE, "-map", "1:v", "-frames:v", "1"])],
    ["a GIF", () => made("a.gif", [...PICTURE, "-map", "1:v", "-frames:v", "1"])],
  ])("takes %s for no audio", async (_, bytes) => {
    expect(await probe(typeof bytes === "function" ? await bytes() : bytes)).toBe("not-audio");
  });

  it.each(["concat", "hls", "dash", "sdp", "image2", "png_pipe", "tty", "lrc"])(
    "takes what the demuxer %s made of a file for no song, whatever it found in it",
    (demuxer) => {
      const audio = { index: 0, codec_type: "audio", codec_name: "mp3", channels: 2 };
      const json = (format_name: string) => ({
        streams: [{ ...audio, sample_rate: "44100" }],
        format: { format_name },
      });
      expect(readProbe(json(demuxer))).toBe("not-audio");
      expect(readProbe(json("mp3"))).toMatchObject({ format: { codec: "mp3" } });
    },
  );

  it("makes a refusal of any JSON that is no probe", () => {
    const stream = fc.record(
      {
        index: fc.nat(),
        codec_type: fc.constantFrom("audio", "audio", "video", "data"),
        codec_name: fc.oneof(fc.constantFrom("mp3", "none"), fc.string()),
        channels: fc.oneof(fc.integer(), fc.double({ min: 0, max: 70 })),
        sample_rate: fc.oneof(
          fc.string(),
          fc.double({ min: 0, max: 1e6 }).map(String),
          fc.nat().map(String),
        ),
        bit_rate: fc.oneof(fc.string(), fc.integer().map(String)),
        duration: fc.oneof(fc.string(), fc.double().map(String)),
      },
      { requiredKeys: [] },
    );
    const almost = fc.record(
      { streams: fc.array(stream), format: fc.record({ format_name: fc.string() }) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), almost), (json) => {
        const found = readProbe(json);
        if (typeof found === "string") {
          expect(["not-audio", "no-audio-stream", "unsupported-codec"]).toContain(found);
          return;
        }
        // What is accepted, the meter can be made for.
        const { sampleRate, channels, bitRate } = found.format;
        expect(sampleRate).toBeGreaterThanOrEqual(4000);
        expect(sampleRate).toBeLessThanOrEqual(768_000);
        expect(Number.isInteger(sampleRate) && Number.isInteger(channels)).toBe(true);
        expect(channels).toBeGreaterThan(0);
        expect(channels).toBeLessThanOrEqual(64);
        expect(bitRate === null || bitRate > 0).toBe(true);
        expect(found.duration === null || found.duration > 0).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
