import { describe, expect, it } from "vitest";
import { measureLoudness } from "../../../scripts/samples/loudness";
import { songTools } from "../../support/song-tools";
import { asBlob } from "@/lib/storage/song-bytes";
import { levelSong } from "@/lib/song-path";
import type { Leveled } from "@/lib/song/outcome";
import type { LevelTask } from "@/lib/song/task";
import { asWav, decodedFrames, levelTask, probed, song } from "./sources";

async function leveled(
  source: Uint8Array,
  name: string,
  change: Partial<LevelTask> = {},
): Promise<Leveled & { file: Uint8Array }> {
  const outcome = await levelSong(levelTask(source, name, change), songTools(source));
  if (outcome.kind !== "leveled") throw new Error(JSON.stringify(outcome));
  return { ...outcome, file: new Uint8Array(await asBlob(outcome.bytes).arrayBuffer()) };
}

/** ffmpeg's own meter on the delivered bytes; ours is one of the things under test. */
async function expectOnTarget({ file, result, shortfall }: Leveled & { file: Uint8Array }) {
  const { sampleRate } = (await probed(file)).format;
  // At 8 kHz the two meters' high-pass differs by 0.2 dB; at 48 kHz the standard tells.
  const heard = await measureLoudness(sampleRate < 32_000 ? await asWav(file, 48_000) : file);
  expect(shortfall).toBeNull();
  expect(Math.abs(heard.integrated - -14)).toBeLessThanOrEqual(0.2);
  expect(heard.truePeak).toBeLessThanOrEqual(-1 + 0.1);
  expect(result!.integrated).toBeCloseTo(heard.integrated, 1);
}

describe("a song comes back as the kind it was, at the target", () => {
  it.each<[string, readonly string[]]>([
    ["song.mp3", ["-c:a", "libmp3lame", "-b:a", "128k"]],
    ["vbr.mp3", ["-c:a", "libmp3lame", "-q:a", "2"]],
    ["song.flac", ["-c:a", "flac", "-sample_fmt", "s16"]],
    ["deep.flac", ["-c:a", "flac", "-sample_fmt", "s32", "-bits_per_raw_sample", "24"]],
    ["song.wav", ["-c:a", "pcm_s16le"]],
    ["deep.wav", ["-c:a", "pcm_s24le"]],
    ["eight.wav", ["-c:a", "pcm_u8"]],
    ["float.wav", ["-c:a", "pcm_f32le"]],
    ["song.aiff", ["-c:a", "pcm_s16be"]],
    ["song.m4a", ["-c:a", "aac", "-b:a", "192k"]],
    ["alac.m4a", ["-c:a", "alac", "-sample_fmt", "s16p"]],
    ["song.ogg", ["-c:a", "libvorbis", "-q:a", "5"]],
    ["flac.ogg", ["-c:a", "flac", "-sample_fmt", "s16"]],
    ["song.opus", ["-c:a", "libopus", "-b:a", "128k", "-compression_level", "4"]],
    ["song.wma", ["-c:a", "wmav2", "-b:a", "192k"]],
    ["song.wv", ["-c:a", "wavpack", "-sample_fmt", "s16p"]],
    ["song.tta", ["-c:a", "tta", "-sample_fmt", "s16"]],
    ["song.caf", ["-c:a", "pcm_s24be"]],
    ["song.w64", ["-c:a", "pcm_s16le"]],
    ["mono.mp3", ["-c:a", "libmp3lame", "-b:a", "96k", "-ac", "1"]],
    ["mono.opus", ["-c:a", "libopus", "-b:a", "64k", "-ac", "1", "-compression_level", "4"]],
    ["phone.mp3", ["-c:a", "libmp3lame", "-b:a", "24k", "-ac", "1", "-ar", "8000"]],
    ["phone.wav", ["-c:a", "pcm_s16le", "-ac", "1", "-ar", "8000"]],
    ["studio.flac", ["-c:a", "flac", "-sample_fmt", "s32", "-ar", "192000"]],
    [
      "surround.flac",
      [
        "-c:a",
        "flac",
        "-af",
        "aformat=sample_fmts=s16,pan=5.1|FL=FL|FR=FR|FC=0.5*FL+0.5*FR|LFE=FL|BL=FL|BR=FR",
      ],
    ],
    [
      "surround.m4a",
      [
        "-c:a",
        "aac",
        "-b:a",
        "384k",
        "-af",
        "pan=5.1|FL=FL|FR=FR|FC=0.5*FL+0.5*FR|LFE=FL|BL=FL|BR=FR",
      ],
    ],
  ])("%s", async (name, options) => {
    const source = await song("dynamic", name, ...options);
    const result = await leveled(source, name);
    await expectOnTarget(result);
    expect(result.notes).toEqual([]);
    expect(name.endsWith(`.${result.extension}`)).toBe(true);

    const [before, after] = [await probed(source), await probed(result.file)];
    const { container, codec, sampleRate, channels, bitDepth } = before.format;
    expect(after.format).toMatchObject({ container, codec, sampleRate, channels, bitDepth });
    const frames = [
      await decodedFrames(source, channels),
      await decodedFrames(result.file, channels),
    ];
    expect(frames[1]).toBe(frames[0]);
  });
});

describe("a song becomes the kind asked for, at the target", () => {
  it.each(["mp3", "wav", "m4a", "ogg", "opus"] as const)("FLAC to %s", async (outputFormat) => {
    const source = await song("dynamic", "song.flac", "-c:a", "flac", "-sample_fmt", "s16");
    const result = await leveled(source, "song.flac", { outputFormat });
    await expectOnTarget(result);
    expect(result.extension).toBe(outputFormat);
    const frames = (await decodedFrames(source, 2)) * (outputFormat === "opus" ? 48 / 44.1 : 1);
    const added = (await decodedFrames(result.file, 2)) - frames;
    // 48 kHz is Opus's only rate; ffmpeg's reader of MP4 does not cut the last block of AAC short.
    const most = { opus: 64, m4a: 1023, mp3: 0, wav: 0, ogg: 0 }[outputFormat];
    expect(added).toBeGreaterThanOrEqual(-most);
    expect(added).toBeLessThanOrEqual(most);
  });

  it("float peaks of 6 dB over full scale become an MP3 that does not clip", async () => {
    const source = await song("dynamic", "hot.wav", "-c:a", "pcm_f32le", "-af", "volume=6dB");
    const result = await leveled(source, "hot.wav", { outputFormat: "mp3" });
    await expectOnTarget(result);
    expect(result.measured.measurement.truePeak).toBeGreaterThan(5.9);
    expect(result.measured.measurement.samplesOverFullScale).toBeGreaterThan(0);
  });

  it("a loud master is turned down, by gain alone", async () => {
    const source = await song("loud", "loud.mp3", "-c:a", "libmp3lame", "-b:a", "192k");
    const result = await leveled(source, "loud.mp3");
    await expectOnTarget(result);
    expect(result.gain).toBeLessThan(-3);
    expect(result.limited).toBe(0);
  });

  it.each([
    ["short.mp3", ["-c:a", "libmp3lame"]],
    ["short.wav", []],
    ["short.m4a", ["-c:a", "aac"]],
    ["short.opus", ["-c:a", "libopus", "-compression_level", "4"]],
  ])("0.2 s of sound: %s", async (name, options) => {
    const source = await song("short", name, ...options);
    const result = await leveled(source, name);
    // Too short for a gating block: the loudness is that of what there is.
    expect(Math.abs(result.result!.integrated - -14)).toBeLessThanOrEqual(0.2);
    expect(await decodedFrames(result.file, 2)).toBe(await decodedFrames(source, 2));
  });
});
