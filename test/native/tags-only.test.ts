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

const soundOf = (file: string): string =>
  run("ffmpeg", ...quiet, "-i", file, "-map", "0:a", "-c", "copy", "-f", "md5", "-");

beforeAll(() => {
  writeFileSync(join(folder, "read.py"), READ);
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

    // It finds ours. On names in lower case in MP4 it crashes, on those that mutagen wrote as well.
    if (extension === "m4a") return;
    run("loudgain", "-q", "-s", "d", ...named("ours"));
    const left = named("ours").flatMap((file) => Object.keys(tagsIn(file)));
    expect(left.filter((name) => /^(REPLAYGAIN|R128)_/.test(name))).toEqual([]);
  });
});
