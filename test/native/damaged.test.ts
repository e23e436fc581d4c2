/**
 * Songs with damaged or lying tag structures, leveled on the worker's own path: what comes out is
 * a file that strict native decoders take, with the tags that could be read, or a reason.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asBlob } from "@/lib/storage/song-bytes";
import type { Kind } from "@/lib/formats";
import type { SongNote } from "@/lib/song/notes";
import { levelSong } from "@/lib/song-path";
import { songTools } from "../support/song-tools";
import { levelTask, target } from "../engine/song-path/sources";
import { check, decode, probe } from "./tags/tools";

const folder = mkdtempSync(join(tmpdir(), "damaged-"));
const path = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, { stdio: "pipe", maxBuffer: 1 << 28 });
const bytesOf = (name: string): Buffer => readFileSync(path(name));

const tags = ["-metadata", "title=Kept", "-metadata", "artist=Someone"];
const codecs: Record<Kind, string[]> = {
  mp3: ["-c:a", "libmp3lame", "-b:a", "128k", "-id3v2_version", "3"],
  flac: ["-c:a", "flac"],
  wav: ["-c:a", "pcm_s16le"],
  aiff: ["-c:a", "pcm_s16be"],
  m4a: ["-c:a", "aac"],
  ogg: ["-c:a", "libvorbis"],
  opus: ["-c:a", "libopus"],
};

beforeAll(() => {
  const noise = ["-f", "lavfi", "-i", "anoisesrc=c=pink:a=0.5:r=48000:d=2:seed=3"];
  const quiet = ["-nostdin", "-v", "error", "-y"];
  for (const [kind, codec] of Object.entries(codecs))
    run("ffmpeg", ...quiet, ...noise, ...tags, ...codec, path(`song.${kind}`));
  run("ffmpeg", ...quiet, ...noise, "-c:a", "pcm_s16le", path("plain.wav"));
  run(
    "lame",
    "--quiet",
    "--freeformat",
    "-b",
    "400",
    "--tt",
    "Kept",
    path("plain.wav"),
    path("free.mp3"),
  );
});

/** `bytes` with `with_` written over what stands at `offset`. */
function over(bytes: Buffer, offset: number, ...values: number[]): Buffer {
  expect(offset).toBeGreaterThanOrEqual(0);
  const out = Buffer.from(bytes);
  out.set(values, offset);
  return out;
}

/** Where MPEG frames of 128 kb/s begin: their first header's four bytes, over and over. */
function frameAt(bytes: Buffer, count: number): number {
  let at = bytes.indexOf(Buffer.of(0xff, 0xfb));
  for (let n = 0; n < count; n++) at = bytes.indexOf(Buffer.of(0xff, 0xfb), at + 300);
  return at;
}

interface Damage {
  readonly what: string;
  readonly kind: Kind;
  readonly make: (song: Buffer) => Buffer;
  /** ffmpeg finds no audio in it, as most players do not. */
  readonly refused?: true;
  /** The tags are past saving; the sound is not. */
  readonly tagsGone?: true;
  readonly note?: SongNote;
}

const damages: Damage[] = [
  {
    what: "ID3v2 that claims 200 MB",
    kind: "mp3",
    make: (song) => over(song, 6, 0x60, 0, 0, 0),
    refused: true,
  },
  {
    what: "an ID3v2 frame longer than its tag",
    kind: "mp3",
    make: (song) => over(song, song.indexOf("TPE1") + 4, 0, 0x7f, 0, 0),
  },
  {
    what: "700 bytes of junk between frames",
    kind: "mp3",
    make: (song) => {
      const at = frameAt(song, 20);
      return Buffer.concat([song.subarray(0, at), Buffer.alloc(700, 0x55), song.subarray(at)]);
    },
  },
  {
    what: "4000 bytes of zeros between tag and audio",
    kind: "mp3",
    make: (song) => {
      const at = frameAt(song, 0);
      return Buffer.concat([song.subarray(0, at), Buffer.alloc(4000), song.subarray(at)]);
    },
  },
  { what: "free format (lame)", kind: "mp3", make: () => bytesOf("free.mp3"), refused: true },
  {
    what: "a comment block that runs into the audio",
    kind: "flac",
    make: (song) => {
      const at = song.indexOf("Lavf") - 8;
      return over(song, at + 1, 0, 0xff, 0xff);
    },
    refused: true,
  },
  {
    what: "a comment list that promises more than there is",
    kind: "flac",
    make: (song) => over(song, song.indexOf("title=") - 8, 99),
  },
  {
    what: "ID3v1 behind the audio",
    kind: "flac",
    make: (song) => Buffer.concat([song, Buffer.from("TAG".padEnd(128, "\0"))]),
    note: "tag-behind-flac-dropped",
  },
  {
    what: "an item longer than its list",
    kind: "m4a",
    make: (song) => over(song, song.indexOf("\xa9nam", 0, "latin1") - 4, 0, 0x10),
    tagsGone: true,
  },
  {
    what: "no end to a box: it claims 4 GB",
    kind: "m4a",
    make: (song) => over(song, song.indexOf("udta") - 4, 0xff, 0xff, 0xff, 0xff),
    tagsGone: true,
  },
  {
    what: "a comment longer than its packet",
    kind: "ogg",
    make: (song) => over(song, song.indexOf("title=") - 4, 0xff, 0xff),
    refused: true,
  },
  {
    what: "a comment longer than its packet",
    kind: "opus",
    make: (song) => over(song, song.indexOf("artist=") - 4, 0xff, 0xff),
    refused: true,
  },
  {
    what: "a LIST that claims 16 MB",
    kind: "wav",
    make: (song) => over(song, song.indexOf("LIST") + 4, 0, 0, 0, 1),
    refused: true,
  },
  {
    what: "a chunk behind the audio that is cut off",
    kind: "wav",
    make: (song) => Buffer.concat([song, Buffer.from("id3 \xff\xff\0\0ID3", "latin1")]),
    note: "damaged-chunk-dropped",
  },
  {
    what: "a chunk behind the audio that is cut off",
    kind: "aiff",
    make: (song) => Buffer.concat([song, Buffer.from("ID3 \0\0\xff\xffID3", "latin1")]),
    note: "damaged-chunk-dropped",
  },
];

describe.each(damages)("$kind: $what", ({ kind, make, refused, tagsGone, note }) => {
  test(refused ? "is refused with its reason" : "is leveled to a sound file", async () => {
    const source = make(bytesOf(`song.${kind}`));
    const task = levelTask(source, `song.${kind}`, { target: target({ loudness: -20 }) });
    const outcome = await levelSong(task, songTools(source));
    if (refused) return expect(outcome).toMatchObject({ kind: "refused", reason: "damaged" });
    if (outcome.kind !== "leveled") throw new Error(JSON.stringify(outcome));
    const output = path(`out.${kind}`);
    writeFileSync(output, new Uint8Array(await asBlob(outcome.bytes).arrayBuffer()));
    const { complaints, samples } = decode(output);
    expect(complaints).toBe("");
    check(kind, output);
    expect(samples / 48_000).toBeCloseTo(outcome.measured.duration, 1);
    expect(samples / 48_000).toBeGreaterThan(1.9);
    const { tags: found } = probe(output);
    if (tagsGone !== true) expect(found["title"] ?? found["TITLE"]).toBe("Kept");
    if (note) expect(outcome.notes).toContain(note);
  });
});
