import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { runNative } from "../support/native-tools";

/**
 * What `lame -V2` made comes back with a variable rate, whatever tags stand around it: through
 * `npm run level`, judged by the sizes of the frames that native ffprobe reads.
 */
const music = "/usr/share/games/wesnoth/1.16/data/core/music/battle.ogg";
const root = fileURLToPath(new URL("../..", import.meta.url));
const minutes = 60_000;

let temporary = "";
/** An MP3 by LAME with no tag at all. */
let bare: Buffer;
beforeAll(async () => {
  temporary = await mkdtemp(path.join(os.tmpdir(), "levelup-lame-"));
  const [wav, mp3] = [path.join(temporary, "a.wav"), path.join(temporary, "a.mp3")];
  await runNative("ffmpeg", ["-v", "error", "-nostdin", "-i", music, "-t", "12", wav]);
  await runNative("lame", ["--quiet", "-V2", wav, mp3]);
  bare = await readFile(mp3);
});
afterAll(() => rm(temporary, { recursive: true, force: true }));

let folder = "";
let command: ChildProcess | undefined;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "levelup-native-"));
});
afterEach(async () => {
  // A test that ran out of time leaves its command running; stopped like this it takes its browser along.
  if (command?.exitCode === null) command.kill("SIGINT");
  await rm(folder, { recursive: true, force: true });
});

const ascii = (text: string) => Buffer.from(text, "latin1");
const little = (value: number) => Buffer.from(Uint32Array.of(value).buffer);
const syncsafe = (value: number) =>
  Uint8Array.from([21, 14, 7, 0], (shift) => (value >> shift) & 127);

function ape(key: string, value: Buffer): Buffer {
  const item = Buffer.concat([little(value.length), little(2), ascii(`${key}\0`), value]);
  const frame = (flags: number) =>
    Buffer.concat([
      ascii("APETAGEX"),
      ...[2000, item.length + 32, 1, flags].map(little),
      Buffer.alloc(8),
    ]);
  return Buffer.concat([frame(0xa000_0000), item, frame(0x8000_0000)]);
}

function id3v2(version: 3 | 4, flags: number, title: string): Buffer {
  const text = ascii(`\0${title}`);
  const frame = Buffer.concat([ascii("TIT2"), syncsafe(text.length), Buffer.alloc(2), text]);
  const body = Buffer.concat([frame, Buffer.alloc(1000)]);
  return Buffer.concat([
    ascii("ID3"),
    Uint8Array.of(version, 0, flags),
    syncsafe(body.length),
    body,
  ]);
}

const cover = ape("Cover Art (Front)", Buffer.alloc(100_000, "a picture of 100 kB "));
const lyricsText = "LYRICSBEGININD0000200LYR00005la la";
const lyrics3 = ascii(`${lyricsText}${String(lyricsText.length).padStart(6, "0")}LYRICS200`);
const id3v1 = Buffer.concat([ascii("TAG"), Buffer.alloc(125, 0x20)]);

const around: Readonly<Record<string, { front?: readonly Buffer[]; back?: readonly Buffer[] }>> = {
  nothing: {},
  "APE in front": { front: [cover] },
  "APE, then ID3": { front: [cover, id3v2(3, 0, "t")] },
  "ID3, then APE": { front: [id3v2(3, 0, "t"), cover] },
  "two ID3 tags": { front: [id3v2(3, 0, "t"), id3v2(4, 0, "u")] },
  "ID3v2.3 with the bit that is a footer in 2.4": { front: [id3v2(3, 0x10, "t")] },
  "Lyrics3 and ID3v1 behind": { back: [lyrics3, id3v1] },
};

test(
  "MP3 of a variable rate stays so behind every kind of tag",
  async () => {
    const junk = Buffer.alloc(5000, "no tag and no frame ");
    for (const [name, { front = [], back = [] }] of Object.entries(around))
      await writeFile(path.join(folder, `${name}.mp3`), Buffer.concat([...front, bare, ...back]));
    await writeFile(path.join(folder, "junk in front.mp3"), Buffer.concat([junk, bare]));

    expect(await level()).toBe(0);
    const results: Record<string, string> = {};
    for (const [name, { front = [], back = [] }] of Object.entries(around)) {
      const file = await readFile(path.join(folder, "Leveled", `${name}.mp3`));
      const [before, after] = [Buffer.concat(front), Buffer.concat(back)];
      const kept =
        file.subarray(0, before.length).equals(before) &&
        file.subarray(file.length - after.length).equals(after);
      const audio = file.subarray(before.length, file.length - after.length);
      results[name] = kept ? await rateOf(audio) : "tags changed";
    }
    results.junk = await rateOf(await readFile(path.join(folder, "Leveled", "junk in front.mp3")));
    expect(results).toEqual(
      Object.fromEntries([...Object.keys(around), "junk"].map((name) => [name, "variable"])),
    );
  },
  10 * minutes,
);

/** Frames of a constant rate have two lengths at most, with the padding byte and without. */
async function rateOf(audio: Buffer): Promise<string> {
  const file = path.join(temporary, "judged.mp3");
  await writeFile(file, audio);
  const entries = ["-show_entries", "packet=size", "-of", "default=nw=1:nk=1"];
  const sizes = (await runNative("ffprobe", ["-v", "error", ...entries, file])).trim().split("\n");
  return new Set(sizes).size > 8 ? "variable" : `constant: ${[...new Set(sizes)].join()}`;
}

/** Runs the command itself, as a person would; gives its exit code. */
async function level(): Promise<number> {
  const line = ["scripts/run.mjs", "level", "--in-browser", folder];
  const child = spawn(process.execPath, line, { cwd: root, stdio: "inherit" });
  command = child;
  return new Promise((resolve) => child.once("exit", resolve));
}
