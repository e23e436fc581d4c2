import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { audioPrint } from "@/lib/files/audio/audio-print";
import { retaggedOriginal } from "@/lib/files/audio/retagged";

/** Titles that the world's usual editor of tags writes, around files of the world's encoders. */

const folder = mkdtempSync(join(tmpdir(), "retagged-"));
afterAll(() => rmSync(folder, { recursive: true }));

const inFolder = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { cwd: folder, encoding: "utf8" });
const encode = (file: string, ...options: string[]) =>
  inFolder(
    ...(["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", "plain.wav"] as const),
    ...[...options, "-metadata", "title=Old", file],
  );

/** A new title, and so much text that pages and offsets move. */
const EDIT = `
import sys, mutagen
from mutagen.id3 import ID3, TIT2, COMM
file = mutagen.File(sys.argv[1])
if file.tags is None: file.add_tags()
if isinstance(file.tags, ID3):
    file.tags.add(TIT2(encoding=3, text="New"))
    file.tags.add(COMM(encoding=3, lang="eng", desc="", text="long " * 40000))
elif sys.argv[1].endswith("m4a"):
    file.tags["\\xa9nam"] = "New"
    file.tags["\\xa9cmt"] = "long " * 40000
else:
    file.tags["title"] = "New"
    file.tags["comment"] = "long " * 40000
file.save()
`;

const kinds: Record<string, readonly string[]> = {
  "a.mp3": ["-b:a", "128k"],
  "a.flac": [],
  "a.ogg": ["-c:a", "libvorbis"],
  "a.opus": ["-c:a", "libopus"],
  "a.m4a": ["-c:a", "aac"],
  "front.m4a": ["-c:a", "aac", "-movflags", "+faststart"],
  "alac.m4a": ["-c:a", "alac"],
  "a.wav": [],
  "a.aiff": [],
};

beforeAll(() => {
  inFolder(
    ...(["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i"] as const),
    ...["aevalsrc=0.2*sin(440*t*6.28)*(1+sin(3*t)):s=44100:d=6", "plain.wav"],
  );
  writeFileSync(join(folder, "edit.py"), EDIT);
});

describe.each(Object.entries(kinds))("%s", (name, options) => {
  const opened = () => new File([readFileSync(join(folder, name))], name);
  const probed = (entry: string) =>
    inFolder(
      ...(["ffprobe", "-v", "error", "-show_entries", `format_tags=${entry}`] as const),
      ...["-show_entries", `stream_tags=${entry}`, "-of", "csv", "out"],
    );
  const samples = () => inFolder("ffmpeg", "-v", "error", "-i", "out", "-f", "md5", "-");

  it("sounds the same to us once its tags were edited, and takes the tags of the edited one", async () => {
    encode(name, ...options);
    const before = opened();
    inFolder("/usr/bin/python3", "edit.py", name);
    const after = opened();
    expect(after.size).toBeGreaterThan(before.size + 150_000);
    const print = await audioPrint(before);
    expect(print).not.toBeNull();
    expect(await audioPrint(after)).toBe(print);

    // As if the song had been leveled: other sound of the same kind, edited.
    const decoded = async (file: Blob) => {
      writeFileSync(join(folder, "out"), new Uint8Array(await file.arrayBuffer()));
      return samples();
    };
    const original = await decoded(before);
    encode(name, "-af", "volume=-3dB", ...options);
    inFolder("/usr/bin/python3", "edit.py", name);
    const leveled = opened();
    expect(await audioPrint(leveled)).not.toBe(print);
    expect(await decoded(leveled)).not.toBe(original);
    const tags = probed("title,comment");
    expect(tags.length).toBeGreaterThan(name === "a.wav" ? 10 : 150_000);
    const result = await retaggedOriginal(before, leveled);
    expect(await audioPrint(result!)).toBe(print);
    expect(await decoded(result!)).toBe(original);
    expect(probed("title,comment")).toBe(tags);
  });
});
