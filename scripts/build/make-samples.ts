// Makes the songs behind `Try sample songs`: public/samples/ with an index.json of
// `{ name, bytes }`. They are synthesized and encoded here, so that they belong to the project
// and need no download. Does nothing when they are up to date.
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { atLoudness, encode, type Encoding } from "../samples/encode";
import { drive, render, type Piece } from "../samples/music";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = path.join(root, "public/samples");
const stampFile = path.join(folder, ".stamp");

interface Sample {
  readonly title: string;
  readonly piece: Piece;
  /** Loudness of the stereo music before encoding. */
  readonly lufs: number;
  /** How hard the piece is driven into saturation; 0 leaves its peaks as they are. */
  readonly saturation: number;
  readonly encoding: Encoding;
}

/** Five songs as an ill-sorted collection has them: a level of its own for each. */
const samples: readonly Sample[] = [
  {
    title: "Paper Boats",
    lufs: -30,
    saturation: 0,
    encoding: { extension: "flac" },
    piece: {
      ...{ seed: 11, seconds: 10, beatsPerMinute: 84, tonic: 36, scale: "major" },
      progression: [0, 4, 5, 3],
      mix: { drums: 0.2, bass: 0.7, chords: 1, melody: 0.9 },
    },
  },
  {
    // One channel of it reads 3 LU lower: about -23 LUFS.
    title: "Kitchen Tape",
    lufs: -20,
    saturation: 0,
    encoding: { extension: "wav", options: ["-c:a", "pcm_s16le", "-ac", "1"] },
    piece: {
      ...{ seed: 23, seconds: 8, beatsPerMinute: 96, tonic: 43, scale: "major" },
      progression: [0, 3, 0, 4],
      mix: { drums: 0.35, bass: 0.8, chords: 0.7, melody: 1 },
    },
  },
  {
    title: "Night Bus",
    lufs: -18,
    saturation: 0,
    encoding: { extension: "ogg", options: ["-c:a", "libvorbis", "-q:a", "4"] },
    piece: {
      ...{ seed: 37, seconds: 13, beatsPerMinute: 110, tonic: 40, scale: "minor" },
      progression: [0, 5, 2, 6],
      mix: { drums: 0.8, bass: 1, chords: 0.8, melody: 0.7 },
    },
  },
  {
    // Hot peaks: at this loudness its transients pass full scale.
    title: "Market Square",
    lufs: -11,
    saturation: 0,
    encoding: { extension: "mp3", options: ["-c:a", "libmp3lame", "-b:a", "160k"] },
    piece: {
      ...{ seed: 41, seconds: 12, beatsPerMinute: 126, tonic: 38, scale: "minor" },
      progression: [0, 3, 6, 4],
      mix: { drums: 1, bass: 0.8, chords: 0.6, melody: 0.8 },
    },
  },
  {
    title: "Red Lights",
    lufs: -7,
    saturation: 5,
    encoding: { extension: "m4a", options: ["-c:a", "aac", "-b:a", "160k"] },
    piece: {
      ...{ seed: 59, seconds: 11, beatsPerMinute: 132, tonic: 33, scale: "minor" },
      progression: [0, 5, 3, 4],
      mix: { drums: 0.9, bass: 1, chords: 1, melody: 0.6 },
    },
  },
];

const stamp = stampOfSources();
if (!upToDate()) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const index: { name: string; bytes: number }[] = [];
  for (const [place, { title, piece, lufs, saturation, encoding }] of samples.entries()) {
    const music = saturation > 0 ? drive(render(piece), saturation) : render(piece);
    const tags = { title, artist: "LevelUp", album: "Five Levels", track: String(place + 1) };
    const bytes = await encode(await atLoudness(music, lufs), { ...encoding, tags });
    const name = `${title}.${encoding.extension}`;
    writeFileSync(path.join(folder, name), bytes);
    index.push({ name, bytes: bytes.length });
  }
  writeFileSync(path.join(folder, "index.json"), JSON.stringify(index, null, 2) + "\n");
  writeFileSync(stampFile, stamp);
  const total = index.reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(`public/samples: ${index.length} songs, ${total} bytes`);
}

function upToDate(): boolean {
  if (!existsSync(stampFile) || readFileSync(stampFile, "utf8") !== stamp) return false;
  const index = JSON.parse(readFileSync(path.join(folder, "index.json"), "utf8")) as {
    name: string;
    bytes: number;
  }[];
  return index.every(
    ({ name, bytes }) =>
      statSync(path.join(folder, name), { throwIfNoEntry: false })?.size === bytes,
  );
}

/** Everything that decides what the samples sound like: this file and scripts/samples. */
function stampOfSources(): string {
  const songs = path.join(root, "scripts/samples");
  const files = readdirSync(songs).map((name) => path.join(songs, name));
  const hash = createHash("sha256");
  for (const file of [...files.sort(), fileURLToPath(import.meta.url)]) {
    hash.update(readFileSync(file));
  }
  return hash.digest("hex");
}
