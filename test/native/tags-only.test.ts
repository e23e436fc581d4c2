/** Loudness tags alone, against loudgain, mutagen and native ffmpeg. */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { planAlbums } from "@/lib/batch/albums/planned-albums";
import { levelTask } from "@/lib/batch/level-task";
import { albumGoalOf } from "@/lib/batch/planned";
import { defaultSettings } from "@/lib/settings/settings";
import { levelSong, measureSong } from "@/lib/song-path";
import { asBlob } from "@/lib/storage/song-bytes";
import { nativeLoudness } from "../support/native-tools";
import { songTools } from "../support/song-tools";

const MUSIC = "/usr/share/games/wesnoth/1.16/data/core/music";
const songs = { one: ["battle.ogg", "20"], two: ["defeat.ogg", "3"] } as const;
const folder = mkdtempSync(join(tmpdir(), "levelup-tags-only-"));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (command: string, ...args: readonly string[]): string =>
  execFileSync(command, args, { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28 });
const quiet = ["-nostdin", "-v", "error", "-y"] as const;

/** Extension and ffmpeg's options; loudgain takes no True Audio. */
const kinds: Readonly<Record<string, readonly [extension: string, ...options: string[]]>> = {
  MP3: ["mp3", "-b:a", "192k"],
  "MP3 without tags": ["mp3", "-b:a", "128k", "-write_id3v2", "0", "-fflags", "+bitexact"],
  FLAC: ["flac", "-sample_fmt", "s16"],
  "Ogg Vorbis": ["ogg", "-c:a", "libvorbis"],
  Opus: ["opus", "-c:a", "libopus", "-b:a", "96k"],
  AAC: ["m4a", "-c:a", "aac", "-b:a", "160k"],
  "AAC, moov in front": ["m4a", "-c:a", "aac", "-movflags", "+faststart"],
  ALAC: ["m4a", "-c:a", "alac"],
  WAV: ["wav"],
  AIFF: ["aiff", "-write_id3v2", "1"],
  WavPack: ["wv", "-c:a", "wavpack"],
  "True Audio": ["tta", "-c:a", "tta"],
};

/** Every text tag by its name in capitals, as mutagen reads it. */
const READ = `
import json, sys, mutagen
from mutagen.apev2 import APEv2
from mutagen.id3 import ID3
path = sys.argv[1]
tags = APEv2(path) if path.endswith(".tta") else mutagen.File(path).tags
out = {}
for key in set(tags.keys()) if tags is not None else []:
    if isinstance(tags, ID3):
        if key.startswith("TXXX:"): out[key[5:].upper()] = tags[key].text[0]
    else:
        value = tags[key]
        first = value[0] if isinstance(value, list) else value
        text = bytes(first).decode() if isinstance(first, bytes) else str(first)
        out[key.split(":")[-1].upper()] = text
print(json.dumps(out))
`;
const tagsIn = (file: string): Record<string, string> =>
  JSON.parse(run("/usr/bin/python3", "read.py", file)) as Record<string, string>;

/**
 * Loudness of the tracks of an MP4: boxes found by mutagen's own reader, `tlou` and `alou` field by
 * field by ISO/IEC 14496-12 §12.2.7 and ISO/IEC 23003-4 (loudness −57.75 + n / 4, peak 20 − n / 32).
 */
const READ_LUDT = `
import json, struct, sys
from mutagen.mp4._atom import Atoms
out = {}
with open(sys.argv[1], "rb") as file:
    for track in Atoms(file)[b"moov"].findall(b"trak"):
        for child in track.children:
            if child.name != b"udta": continue
            for box in child.children:
                if box.name != b"ludt": continue
                data, at = box.read(file)[1], 0
                while at < len(data):
                    size, name, version, ids, peaks, system, count = struct.unpack_from(">I4sIH3sBB", data, at)
                    if version == 0:
                        true_peak = int.from_bytes(peaks, "big") & 0xfff
                        for each in range(count):
                            method, value, by = struct.unpack_from(">BBB", data, at + 19 + 3 * each)
                            if method == 1: out[name.decode()] = [-57.75 + value / 4, 20 - true_peak / 32, by >> 4]
                    at += size
print(json.dumps(out))
`;
const ludtIn = (file: string) =>
  JSON.parse(run("/usr/bin/python3", "ludt.py", file)) as Record<string, [number, number, number]>;

const soundOf = (file: string): string =>
  run("ffmpeg", ...quiet, "-i", file, "-map", "0:a", "-c", "copy", "-f", "md5", "-");

beforeAll(() => {
  writeFileSync(join(folder, "read.py"), READ);
  writeFileSync(join(folder, "ludt.py"), READ_LUDT);
  for (const [name, [file, from]] of Object.entries(songs)) {
    const cut = ["-ss", from, "-t", "15", "-i", join(MUSIC, file), "-map", "0:a"] as const;
    // loudgain decodes to 16 bits: what is over full scale would be another sound to it.
    run("ffmpeg", ...quiet, ...cut, "-af", "volume=-6dB", "-c:a", "pcm_s16le", `${name}.wav`);
  }
}, 120_000);

/** The two songs as one album, their tags alone written by our own path. */
async function tagAlbum(extension: string): Promise<void> {
  const members = [];
  for (const name of Object.keys(songs)) {
    const path = `source-${name}.${extension}`;
    const bytes = readFileSync(join(folder, path));
    const file = new File([bytes], path);
    const found = await measureSong({ file, dualMono: false }, songTools(bytes));
    if (found.kind === "refused") throw new Error(found.reason);
    members.push({ path, root: "", measured: found.measured, name, bytes, file });
  }
  const settings = { ...defaultSettings, loudnessTags: "only" } as const;
  const planned = planAlbums(members, albumGoalOf(settings));
  for (const member of members) {
    const { file, bytes, name, measured } = member;
    const album = planned.get(member)!.share;
    const task = levelTask(settings, { file, known: measured, album });
    const outcome = await levelSong(task, songTools(bytes));
    if (outcome.kind !== "leveled") throw new Error(outcome.reason);
    expect(outcome.route).toBe("tags");
    const tagged = Buffer.from(await asBlob(outcome.bytes).arrayBuffer());
    writeFileSync(join(folder, `ours-${name}.${extension}`), tagged);
  }
}

/** `ludt` against native ffmpeg, in steps of 0.25 LU and 1/32 dB; the album in both songs alike. */
async function theBoxSaysSo(files: readonly string[]): Promise<void> {
  const read = files.map(ludtIn);
  for (const [index, file] of files.entries()) {
    const { integrated, truePeak } = await nativeLoudness(join(folder, file));
    const [loudness, peak, system] = read[index]!["tlou"]!;
    expect(Math.abs(loudness - integrated)).toBeLessThanOrEqual(0.125 + 0.05);
    expect(Math.abs(peak - truePeak)).toBeLessThanOrEqual(0.1);
    // ISO/IEC 23003-4: measured as ITU-R BS.1770-4 says.
    expect(system).toBe(2);
  }
  const [first, second] = read.map(({ alou }) => alou!);
  expect(first).toEqual(second);
  const loudest = Math.max(...read.map(({ tlou }) => tlou![0]));
  expect(Math.abs(first![0] - loudest)).toBeLessThanOrEqual(3.1);
  expect(first![1]).toBe(Math.max(...read.map(({ tlou }) => tlou![1])));
}

describe.each(Object.entries(kinds))("%s", (kind, [extension, ...options]) => {
  const named = (prefix: string) =>
    Object.keys(songs).map((name) => `${prefix}-${name}.${extension}`);

  test("the sound stays, and the values are loudgain's", async () => {
    for (const name of Object.keys(songs)) {
      const input = ["-i", `${name}.wav`, "-metadata", "title=Ä title", "-map_metadata", "-1"];
      run("ffmpeg", ...quiet, ...input, ...options, `source-${name}.${extension}`);
    }
    await tagAlbum(extension);
    for (const [index, source] of named("source").entries()) {
      expect(soundOf(named("ours")[index]!)).toBe(soundOf(source));
    }
    if (kind === "True Audio") {
      expect(tagsIn(named("ours")[0]!)["REPLAYGAIN_ALBUM_GAIN"]).toMatch(/ dB$/);
      return;
    }
    for (const name of Object.keys(songs)) {
      const [from, to] = [`source-${name}.${extension}`, `loudgain-${name}.${extension}`];
      copyFileSync(join(folder, from), join(folder, to));
    }
    run("loudgain", "-q", "-a", "-s", "i", ...named("loudgain"));
    const differences: Record<string, number> = {};
    for (const [index, theirs] of named("loudgain").entries()) {
      const [ours, other] = [tagsIn(named("ours")[index]!), tagsIn(theirs)];
      const names = Object.keys(other).filter((name) => /^(REPLAYGAIN|R128)_/.test(name));
      expect(Object.keys(ours)).toEqual(expect.arrayContaining(names));
      expect(names.length).toBe(extension === "opus" ? 2 : 4);
      for (const name of names) {
        const [mine, their] = [ours[name]!, other[name]!].map(Number.parseFloat);
        const unit = name.startsWith("R128") ? 256 : 1;
        const difference = name.endsWith("PEAK")
          ? 20 * Math.log10(mine! / their!)
          : (mine! - their!) / unit;
        const key = name.endsWith("PEAK") ? "peak" : "gain";
        differences[key] = Math.max(differences[key] ?? 0, Math.abs(difference));
      }
    }
    expect(differences["gain"]).toBeLessThanOrEqual(0.02);
    expect(differences["peak"] ?? 0).toBeLessThanOrEqual(0.1);

    if (extension === "m4a") await theBoxSaysSo(named("ours"));

    // It finds ours. On names in lower case in MP4 it crashes, on those that mutagen wrote as well.
    if (extension === "m4a") return;
    run("loudgain", "-q", "-s", "d", ...named("ours"));
    const left = named("ours").flatMap((file) => Object.keys(tagsIn(file)));
    expect(left.filter((name) => /^(REPLAYGAIN|R128)_/.test(name))).toEqual([]);
  });
});
