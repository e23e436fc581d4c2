/**
 * Kinds whose tags few programs write (WavPack, TTA, WMA, FLAC in Ogg, Musepack), and texts whose
 * encoding the format does not tell: leveled as the worker does it, read by mutagen before and after.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OutputFormat } from "@/lib/settings/settings";
import { leveled } from "../support/leveled";

const folder = mkdtempSync(join(tmpdir(), "further-"));
const path = (name: string) => join(folder, name);
const script = join(import.meta.dirname, "tags/further.py");
const python = (...args: string[]) =>
  execFileSync("/usr/bin/python3", [script, ...args], { encoding: "utf8" });

type Found = Record<string, unknown> & {
  readonly pictures: [type: number | null, mime: string, description: string, sha256: string][];
  readonly loudness: readonly string[];
};
const read = (...names: string[]) => JSON.parse(python("read", ...names.map(path))) as Found[];

beforeAll(() => void python("make", folder));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function level(source: string, format: OutputFormat): Promise<string> {
  const bytes = new Uint8Array(readFileSync(path(source)));
  const { file, extension, row } = await leveled(bytes, source, format);
  const name = `${source}-${format}.${extension}`;
  writeFileSync(path(name), file);
  expect(row ?? "").not.toMatch(/tag/);
  return name;
}

const judges: Readonly<Record<string, readonly [string, ...string[]]>> = {
  "song.wv": ["wvunpack", "-q", "-vv"],
  "song.oga": ["flac", "-s", "-t"],
};

const kinds = ["song.wv", "song.tta", "song.wma", "song.oga"];

describe.each(kinds)("%s", (source) => {
  test("in the same kind: both covers, every value of every field, no loudness tag", async () => {
    const result = await level(source, "same");
    const [before, after] = read(source, result) as [Found, Found];
    expect(before.loudness).toHaveLength(1);
    expect(before.pictures).toHaveLength(2);
    expect(before).toMatchObject({
      title: ["Titel Ä"],
      artist: ["First Ärtist", "AC/DC"],
      genre: ["One", "Two", "Three"],
    });
    expect(after).toEqual({ ...before, loudness: [] });
    const strict = ["-v", "error", "-nostdin", "-xerror", "-i", path(result), "-f", "null", "-"];
    execFileSync("ffmpeg", strict, { stdio: "pipe" });
    const [judge, ...args] = judges[source] ?? ["mediainfo"];
    execFileSync(judge, [...args, path(result)], { stdio: "pipe" });
  });
});

describe.each([...kinds, "song.mpc"])("%s", (source) => {
  const targets: OutputFormat[] = ["mp3", "flac", "m4a", "ogg", "opus"];
  test.each(targets)("to %s: covers byte for byte, repeated fields in order", async (format) => {
    const result = await level(source, format);
    const [before, after] = read(source, result) as [Found, Found];
    // M4A has no place for what a picture shows and is called.
    const pictures = before.pictures.map(([type, mime, description, data]) =>
      format === "m4a" ? [null, mime, null, data] : [type, mime, description, data],
    );
    expect(after).toEqual({ ...before, loudness: [], pictures });
  });
});

const west = { title: ["Björk – “x” €"], artist: ["Grüße"] };
const wide = { title: ["Björk – Дом"], artist: ["Grüße"] };
const onMac = { title: ["Björk – é"], artist: ["Grüße"] };
const meant: ReadonlyArray<readonly [string, Record<string, string[]>]> = [
  ["utf8.wav", wide],
  ["usual.wav", west],
  ["cyrillic.wav", { title: ["Дом"], artist: ["Кино"] }],
  ["japanese.wav", { title: ["日本"], artist: ["音楽"] }],
  ["utf8.mp3", wide],
  ["usual.mp3", west],
  ["old.mp3", wide],
  ["utf8.aiff", onMac],
  ["usual.aiff", onMac],
];

test.each(meant)(
  "%s to another kind: texts in the encoding that was meant",
  async (source, texts) => {
    const result = await level(source, "flac");
    expect(read(result)).toMatchObject([texts]);
  },
);
