import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { songsOnDisk, unseenOf } from "../../../cli/unseen-songs";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "levelup-unseen-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** `\xff` in a name is that byte. */
const bytes = (name: string) =>
  Buffer.concat(
    name
      .split(/(\\xff)/)
      .map((part) => (part === "\\xff" ? Buffer.from([0xff]) : Buffer.from(part))),
  );
function fill(...names: readonly string[]): void {
  for (const name of names) {
    const at = Buffer.concat([Buffer.from(`${folder}/`), bytes(name)]);
    const slash = at.lastIndexOf("/");
    mkdirSync(at.subarray(0, slash), { recursive: true });
    writeFileSync(at, "no song by its bytes");
  }
}
const unseen = async (...seen: readonly string[]) =>
  unseenOf(await songsOnDisk([folder]), seen)
    .map(({ name, reason }) => `${reason} ${name}`)
    .sort();

describe("the songs that the page did not see", () => {
  it("are none where it lists every one by its name, or by the nearest that a browser takes", async () => {
    fill("a.mp3", "sub/Who?.mp3", "sub/Who_.mp3", "sub/Who*.mp3", " b\\c.mp3", "notes.txt");
    const seen = ["a.mp3", "sub/Who_ (2).mp3", "sub/Who_.mp3", "sub/Who_ (3).mp3", "b_c.mp3"];
    expect(await unseen(...seen)).toEqual([]);
  });

  it("are named each, with the bytes that are no text", async () => {
    fill("a.mp3", "é\\xff.mp3", "\\xfffolder/in it.mp3", "Who?.mp3", "Who*.mp3", "line\nbreak.mp3");
    expect(await unseen("a.mp3", "Who_.mp3")).toEqual([
      "name-unreadable \\xfffolder/in it.mp3",
      "name-unreadable é\\xff.mp3",
      "not-listed Who?.mp3",
      "not-listed line\\x0abreak.mp3",
    ]);
  });

  it("are not those of our folders, nor of what the page left out, nor what systems leave", async () => {
    fill("Leveled/.levelup/leveled-1.jsonl", "Leveled/a.mp3", "._a.mp3", "bad/in.mp3");
    fill("Originals/About these originals.txt", "Originals/\\xff.mp3");
    expect(await unseen("bad/")).toEqual([]);
  });

  it("are links too, and files that are songs by their first bytes alone", async () => {
    fill("a.mp3");
    symlinkSync(path.join(folder, "a.mp3"), path.join(folder, "link.mp3"));
    symlinkSync(path.join(folder, "gone.mp3"), path.join(folder, "broken.mp3"));
    writeFileSync(path.join(folder, "nameless"), "fLaC\0\0\0\x22");
    expect(await unseen("a.mp3")).toEqual(["link link.mp3", "not-listed nameless"]);
  });
});
