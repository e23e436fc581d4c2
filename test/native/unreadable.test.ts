/** What the engine cannot read, made by tools that can: named for what it is, never called damaged. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { measureSong } from "@/lib/song-path";
import { damageText, refusedText } from "@/lib/song/texts";
import { songTools } from "../support/song-tools";

const folder = mkdtempSync(join(tmpdir(), "unreadable-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const noise = "ffmpeg -nostdin -v error -y -f lavfi -i anoisesrc=c=pink:a=0.5:r=44100:d=3:seed=3";
const key = "76a6c65c5ea762046bd749a2e632ccbb";
const encryption = `-encryption_scheme cenc-aes-ctr -encryption_key ${key} -encryption_kid ${key}`;

function made(file: string, command: string): Buffer {
  execFileSync("bash", ["-c", command], { cwd: folder, stdio: "pipe" });
  return readFileSync(join(folder, file));
}

const measure = (bytes: Buffer, name: string) =>
  measureSong({ file: new File([new Uint8Array(bytes)], name), dualMono: false }, songTools(bytes));

test.each([
  [
    "Speex",
    "a.spx",
    `${noise} -ar 32000 -c:a libspeex -f ogg a.spx`,
    "Its codec (Speex) cannot be read here.",
  ],
  [
    "FLAC of 32 bits",
    "a.flac",
    `${noise} -c:a pcm_s32le a.wav && flac -s -f a.wav -o a.flac`,
    "Its codec (FLAC of 32 bits) cannot be read here.",
  ],
  [
    "common encryption",
    "a.mp4",
    `${noise} -c:a aac ${encryption} a.mp4`,
    "The song is copy-protected, so nothing but its seller's player can read it.",
  ],
])("%s", async (_, file, command, message) => {
  const outcome = await measure(made(file, command), file);
  if (outcome.kind !== "refused") throw new Error(outcome.kind);
  expect(refusedText(outcome).message).toBe(message);
});

test("ten minutes of FLAC that end 5.5 s early are told to the tenth of a second", async () => {
  const whole =
    "ffmpeg -nostdin -v error -y -f lavfi -i anoisesrc=c=pink:r=22050:d=600:seed=3 w.flac";
  made("w.flac", whole);
  // As a copy that was broken off: the beginning of the whole file.
  const bytes = readFileSync(join(folder, "w.flac"));
  const short = bytes.subarray(0, Math.round((bytes.length * 594.5) / 600));
  const outcome = await measure(short, "w.flac");
  if (outcome.kind !== "measured") throw new Error(outcome.reason);
  const { damage, duration } = outcome.measured;
  expect(damage!.lost! + duration).toBeCloseTo(600, 3);
  expect(damageText(damage!)).toMatch(/^Damaged at 9:5[345]: [56]\.\d s are missing at the end\.$/);
});
