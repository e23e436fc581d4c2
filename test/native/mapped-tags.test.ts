/**
 * A song that changes its kind: tags by mutagen before, tags by mutagen after, for every kind of
 * source and every kind that can be asked for.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  assemble,
  bytesSource,
  readMappedTags,
  tagsOnlyFile,
  transplantTags,
  type Kind,
} from "@/lib/formats";

const folder = mkdtempSync(join(tmpdir(), "mapped-"));
const path = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const script = join(import.meta.dirname, "tags/mapped.py");
const python = (...args: string[]) =>
  execFileSync("/usr/bin/python3", [script, ...args], { encoding: "utf8", maxBuffer: 1 << 26 });

type Picture = [type: number | null, mime: string, description: string | null, sha256: string];
type Found = Record<string, unknown> & { pictures: Picture[]; loudness: string[] };
const found = (...names: string[]) => JSON.parse(python("read", ...names.map(path))) as Found[];

const sources: Kind[] = ["mp3", "flac", "m4a", "ogg", "opus", "wav", "aiff"];
const targets: Kind[] = ["mp3", "flac", "m4a", "ogg", "opus", "wav"];
const encoders: Partial<Record<Kind, string[]>> = {
  mp3: ["-c:a", "libmp3lame"],
  flac: ["-c:a", "flac"],
  m4a: ["-c:a", "aac"],
  ogg: ["-c:a", "libvorbis"],
  opus: ["-c:a", "libopus"],
  wav: ["-c:a", "pcm_s16le"],
};
const bytesOf = (name: string) => bytesSource(new Uint8Array(readFileSync(path(name))));

beforeAll(() => {
  python("make", folder);
  for (const [kind, codec] of Object.entries(encoders)) {
    const quiet = ["-nostdin", "-v", "error", "-y", "-map_metadata", "-1"];
    const sine = ["-f", "lavfi", "-i", "sine=440:d=1:r=48000"];
    execFileSync("ffmpeg", [...sine, ...quiet, ...codec, path(`encoded.${kind}`)]);
  }
});

/** Tags of one file into the encode of another kind. */
async function map(source: string, kind: Kind, target: Kind, output: string): Promise<void> {
  const tags = await readMappedTags(bytesOf(source), kind);
  expect(tags).not.toBeNull();
  const encoded = bytesOf(`encoded.${target}`);
  const donor = tagsOnlyFile(target, tags!, encoded);
  expect(donor.pictureLeftOut).toBe(false);
  const result = transplantTags(bytesSource(donor.bytes), encoded, target);
  if (result.kind === "refused") throw new Error(result.reason);
  writeFileSync(path(output), assemble(result.parts, encoded));
}

/** M4A has no place for what a picture shows and is called, Vorbis comments none for languages. */
const comparable = (tags: Found, kinds: readonly Kind[]): Record<string, unknown> => {
  const { "comment languages": languages, loudness: _, ...rest } = tags;
  const pictures = tags.pictures
    .map(([type, mime, description, data]) =>
      kinds.includes("m4a") ? [mime, data] : [type, mime, description, data],
    )
    .toSorted();
  const inBoth = kinds.every((kind) => ["mp3", "wav", "aiff"].includes(kind));
  return { ...rest, pictures, ...(inBoth ? { languages } : {}) };
};

const strict = (name: string): string =>
  execFileSync(
    "ffmpeg",
    ["-nostdin", "-v", "error", "-xerror", "-err_detect", "explode", "-i", path(name)].concat([
      ...["-map", "0:a:0", "-f", "null", "-"],
    ]),
    { encoding: "utf8", stdio: "pipe" },
  );

describe.each(sources)("%s", (source) => {
  test.each(targets)("to %s: every field and both covers, and no loudness tag", async (target) => {
    const output = `${source}-to.${target}`;
    await map(`song.${source}`, source, target, output);
    const [before, after] = found(`song.${source}`, output) as [Found, Found];
    expect(before.pictures).toHaveLength(2);
    expect(before.loudness.length).toBeGreaterThan(0);
    expect(before.artist).toEqual(["First Ärtist", "AC/DC"]);
    expect(comparable(after, [source, target])).toEqual(comparable(before, [source, target]));
    expect(after.loudness).toEqual([]);
    expect(strict(output)).toBe("");
  });
});

test.each(targets.filter((kind) => kind !== "mp3"))(
  "ID3v2.3 to %s: a slash in a name parts nobody, day and month stay with the year",
  async (target) => {
    const output = `old-to.${target}`;
    await map("old.mp3", "mp3", target, output);
    const [before, after] = found("old.mp3", output) as [Found, Found];
    expect(before).toMatchObject({ artist: ["AC/DC"], own: ["http://example.org/mine"] });
    // No frame of version 2.3 holds it.
    const { titlesort: _, ...kept } = comparable(before, ["mp3", target]);
    expect(comparable(after, ["mp3", target])).toMatchObject({ ...kept, date: ["2001-02-03"] });
  },
);
