import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { atLoudness, encode, type Encoding } from "../../scripts/samples/encode";
import { drive, render } from "../../scripts/samples/music";

/**
 * Songs for tests, made by our own synthesizer and encoded by the same core that the page runs.
 * They are kept in .cache/songs by what they are made of, because encoding takes longer than most
 * tests.
 */
export interface SongSpec {
  readonly extension: Encoding["extension"];
  readonly seconds: number;
  /** LUFS before encoding. */
  readonly lufs: number;
  readonly seed?: number;
  /** Saturation: 0 keeps natural peaks, 5 is a loud master. */
  readonly drive?: number;
  readonly options?: readonly string[];
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const cache = path.join(root, ".cache/songs");
const generator = fingerprintOfGenerator();

/** The bytes of one song. The same description always gives the same bytes. */
export async function makeSong(spec: SongSpec): Promise<Uint8Array> {
  const key = createHash("sha256").update(generator).update(JSON.stringify(spec)).digest("hex");
  const file = path.join(cache, `${key.slice(0, 24)}.${spec.extension}`);
  if (existsSync(file)) return readFile(file);
  const bytes = await renderAndEncode(spec);
  await mkdir(cache, { recursive: true });
  await writeFile(`${file}.${process.pid}`, bytes);
  await rename(`${file}.${process.pid}`, file);
  return bytes;
}

/** Writes songs below a folder, by their paths there. */
export async function writeSongs(
  folder: string,
  songs: Readonly<Record<string, SongSpec>>,
): Promise<void> {
  for (const [name, spec] of Object.entries(songs)) {
    await writeInto(folder, name, await makeSong(spec));
  }
}

export async function writeInto(
  folder: string,
  name: string,
  bytes: Uint8Array | string,
): Promise<string> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, bytes);
  return file;
}

async function renderAndEncode(spec: SongSpec): Promise<Uint8Array> {
  const seed = spec.seed ?? 1;
  const music = render({
    seed,
    seconds: spec.seconds,
    beatsPerMinute: 90 + (seed % 7) * 8,
    tonic: 33 + (seed % 12),
    scale: seed % 2 === 0 ? "major" : "minor",
    progression: seed % 3 === 0 ? [0, 4, 5, 3] : [0, 5, 3, 4],
    mix: { drums: 0.4 + (seed % 5) * 0.1, bass: 0.9, chords: 0.8, melody: 0.8 },
  });
  const shaped = spec.drive === undefined ? music : drive(music, spec.drive);
  return encode(await atLoudness(shaped, spec.lufs), {
    extension: spec.extension,
    ...(spec.options && { options: spec.options }),
    tags: { title: `Song ${seed}`, artist: "LevelUp" },
  });
}

function fingerprintOfGenerator(): string {
  const folder = path.join(root, "scripts/samples");
  const hash = createHash("sha256");
  for (const name of readdirSync(folder).sort()) {
    hash.update(readFileSync(path.join(folder, name)));
  }
  return hash.update(readFileSync(fileURLToPath(import.meta.url))).digest("hex");
}
