import { describe, expect, it } from "vitest";
import { songTools } from "../../support/song-tools";
import { asBlob } from "@/lib/storage/song-bytes";
import { applyOpusGain } from "@/lib/formats/ogg/opus-gain";
import { dbtp, decibels, lu, lufs } from "@/lib/loudness/units";
import { levelSong, undoSong } from "@/lib/song-path";
import type { AlbumShare } from "@/lib/song/album";
import type { Leveled } from "@/lib/song/outcome";
import type { LevelTask } from "@/lib/song/task";
import { decoded, levelTask, probed, signal, song, target } from "./sources";

const tagsOnly = { loudnessTags: "only", outputFormat: "mp3", verify: false } as const;

const outcomeOf = (source: Uint8Array, name: string, change: Partial<LevelTask> = {}) =>
  levelSong(levelTask(source, name, { ...tagsOnly, ...change }), songTools(source));

async function tagged(source: Uint8Array, name: string, change: Partial<LevelTask> = {}) {
  const outcome = await outcomeOf(source, name, change);
  if (outcome.kind !== "leveled") throw new Error(JSON.stringify(outcome));
  const file = new Uint8Array(await asBlob(outcome.bytes).arrayBuffer());
  return { ...outcome, file } satisfies Leveled & { file: Uint8Array };
}

const textOf = (file: Uint8Array) => Buffer.from(file).toString("latin1");

const kinds: Readonly<Record<string, readonly string[]>> = {
  mp3: ["-b:a", "128k"],
  flac: ["-sample_fmt", "s16"],
  wav: [],
  aiff: [],
  ogg: ["-c:a", "libvorbis"],
  opus: ["-c:a", "libopus", "-compression_level", "4"],
  m4a: ["-c:a", "aac"],
  wv: ["-c:a", "wavpack"],
  tta: ["-c:a", "tta"],
};

describe("only tags are written", () => {
  it.each(Object.keys(kinds))(
    "%s: they tell what it measures, and its sound stays",
    async (kind) => {
      const name = `a.${kind}`;
      const source = await song("loud", name, ...kinds[kind]!, "-metadata", "TITLE=Mine");
      const result = await tagged(source, name);
      expect(result).toMatchObject({ route: "tags", extension: kind, passes: 0, gain: 0 });
      const { measurement } = result.measured;
      expect(result.result).toEqual(measurement);
      const [heard, was] = [await decoded(result.file), await decoded(source)];
      expect(Buffer.from(heard.buffer).equals(Buffer.from(was.buffer))).toBe(true);
      expect((await probed(result.file)).format).toEqual({
        ...(await probed(source)).format,
        bitRate: expect.anything() as number,
      });
      expect(textOf(result.file)).toContain("Mine");
      const reference = kind === "opus" ? -23 : -18;
      const gain = reference - measurement.integrated;
      expect(result.tags).toEqual({
        reference,
        track: { gain, truePeak: measurement.truePeak },
        album: null,
      });
      const text = textOf(result.file).toUpperCase();
      if (kind === "opus") expect(text).toContain(`R128_TRACK_GAIN=${Math.round(gain * 256)}`);
      else expect(text).toMatch(new RegExp(`REPLAYGAIN_TRACK_GAIN[^-]*${gain.toFixed(2)} DB`));
      expect(text).not.toContain("ALBUM_GAIN");
      expect(await outcomeOf(result.file, name)).toMatchObject({
        kind: "skipped",
        reason: "tagged-already",
      });
    },
  );

  it("by album, also those of the album", async () => {
    const source = await song("loud", "a.flac", "-sample_fmt", "s16");
    const loudness = { integrated: lufs(-11.5), truePeak: dbtp(0), samplePeak: dbtp(-0.1) };
    const album: AlbumShare = {
      plan: { kind: "skip", reason: "already-at-target", expected: lufs(-14) },
      ...{ lost: lu(0), neighbours: { before: null, after: null }, loudness },
    };
    const result = await tagged(source, "a.flac", { album });
    expect(result.tags!.album).toEqual({ gain: -6.5, truePeak: 0 });
    expect(textOf(result.file)).toContain("REPLAYGAIN_ALBUM_GAIN=-6.50 dB");
    expect(textOf(result.file)).toContain("REPLAYGAIN_ALBUM_PEAK=1.000000");
  });

  it("in Opus, relative to the gain of the header", async () => {
    const source = await song("loud", "a.opus", "-c:a", "libopus", "-compression_level", "4");
    const turned = applyOpusGain(source, decibels(-10));
    if (turned.kind === "refused") throw new Error(turned.reason);
    // One after another: they share an engine.
    const loud = await tagged(source, "a.opus");
    const quiet = await tagged(turned.bytes, "a.opus");
    expect(quiet.tags!.track.gain - loud.tags!.track.gain).toBeCloseTo(10, 2);
  });

  it("and a gain that is on record can still be taken back, with tags that were wrong then", async () => {
    const source = await song("dynamic", "a.ogg", "-c:a", "libvorbis");
    const change = { reencoding: "never" as const, target: target({ loudness: -30 }) };
    const quiet = await tagged(source, "a.ogg", {
      ...{ ...change, loudnessTags: "leave", outputFormat: "same" },
    });
    expect(quiet.route).toBe("lossless");
    const both = await tagged(quiet.file, "a.ogg");
    expect(textOf(both.file)).toContain("LEVELUP_UNDO");
    const task = { file: new File([], "a.ogg"), dualMono: false };
    const undone = await undoSong(task, songTools(both.file));
    if (undone.kind !== "leveled") throw new Error(undone.kind);
    const bytes = Buffer.from(await asBlob(undone.bytes).arrayBuffer());
    expect(bytes.equals(source)).toBe(true);
  });

  it.each([
    ["ogg", "libvorbis"],
    ["opus", "libopus"],
    ["m4a", "aac"],
    ["mp3", "libmp3lame"],
  ])("%s leveled without encoding has tags of what it is now", async (kind, codec) => {
    const options = codec === "libopus" ? ["-compression_level", "4"] : [];
    const title = ["-metadata", "title=Mine"];
    const source = await song("dynamic", `a.${kind}`, "-c:a", codec, ...options, ...title);
    const change = { reencoding: "never" as const, target: target({ loudness: -30 }) };
    const both = await tagged(source, `a.${kind}`, {
      ...{ ...change, loudnessTags: "write", outputFormat: "same" },
    });
    expect(both.route).toBe("lossless");
    const now = both.measured.measurement.integrated + both.gain;
    const text = textOf(both.file);
    const r128 = /R128_TRACK_GAIN=([-\d]+)/.exec(text);
    const gain = /REPLAYGAIN_TRACK_GAIN[^-+\d]*([-+]?[\d.]+) dB/i.exec(text);
    if (r128) expect(Number(r128[1]) / 256).toBeCloseTo(-23 - now, 1);
    else expect(Number(gain![1])).toBeCloseTo(-18 - now, 1);
    const task = { file: new File([], `a.${kind}`), dualMono: false };
    const undone = await undoSong(task, songTools(both.file));
    if (undone.kind !== "leveled") throw new Error(undone.kind);
    const bytes = Buffer.from(await asBlob(undone.bytes).arrayBuffer());
    expect(bytes.toString("latin1")).not.toMatch(/replaygain_|r128_/i);
    // MP4 keeps the empty place that was made for `ludt`.
    if (kind !== "m4a") expect(bytes.equals(source)).toBe(true);
  });

  it("to no file that has no place for them, nor to silence, nor over a damaged original", async () => {
    const wma = await song("loud", "a.wma", "-c:a", "wmav2");
    expect(await outcomeOf(wma, "a.wma")).toMatchObject({
      kind: "refused",
      reason: "tags-not-writable",
      detail: "wma",
    });
    const silence = await signal("anullsrc=d=2", "a.flac");
    expect(await outcomeOf(silence, "a.flac")).toMatchObject({ kind: "skipped", reason: "silent" });
    const flac = await song("loud", "a.flac", "-sample_fmt", "s16");
    const cut = flac.subarray(0, flac.length * 0.6);
    expect(await outcomeOf(cut, "a.flac", { replacesOriginal: true })).toMatchObject({
      kind: "refused",
      reason: "damaged-original",
    });
    expect(await outcomeOf(cut, "a.flac")).toMatchObject({ kind: "leveled", route: "tags" });
  });
});
