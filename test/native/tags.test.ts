/**
 * Tags against tools that are not ours: songs with every structure are made by lame, flac, oggenc,
 * opusenc, ffmpeg and mutagen, encoded anew by native ffmpeg and given their tags back: the audio
 * stays the encode's. delivered.test.ts compares what the page delivers of the same songs.
 */
import {
  closeSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  assemble,
  gapless,
  readAlbumTags,
  transplantTags,
  type ByteSource,
  type Kind,
} from "@/lib/formats";
import {
  comparable,
  complaints,
  decode,
  dumps,
  makeCases,
  tool,
  withoutLost,
  type Case,
} from "./tags/tools";

const folder = mkdtempSync(join(tmpdir(), "tags-"));

const cases = makeCases(folder);

/** Reads from disk piece by piece, as the worker does. */
function onDisk<Result>(path: string, use: (source: ByteSource) => Result): Result {
  const descriptor = openSync(path, "r");
  try {
    const { size } = fstatSync(descriptor);
    return use({
      size,
      read(offset, length) {
        const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
        return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, offset));
      },
    });
  } finally {
    closeSync(descriptor);
  }
}

const muxer: Record<Kind, string> = {
  mp3: "mp3",
  flac: "flac",
  wav: "wav",
  aiff: "aiff",
  m4a: "ipod",
  ogg: "ogg",
  opus: "opus",
};

/** As the worker does it: decoded to float samples first, then encoded from those alone. */
function encode({ kind, codec, faststart }: Case, source: string, encoded: string): void {
  const pcm = `${encoded}.pcm.wav`;
  const quiet = ["-nostdin", "-v", "error", "-y"];
  tool("ffmpeg", [...quiet, "-i", source, "-map", "0:a:0", "-c:a", "pcm_f32le", pcm]);
  tool("ffmpeg", [
    ...[...quiet, "-i", pcm, "-map_metadata", "-1", "-map_chapters", "-1", "-vn", ...codec],
    ...(faststart ? ["-movflags", "+faststart"] : []),
    ...["-f", muxer[kind], encoded],
  ]);
  rmSync(pcm);
}

function transplant(kind: Kind, source: string, encoded: string, output: string) {
  return onDisk(source, (from) =>
    onDisk(encoded, (to) => {
      const result = transplantTags(from, to, kind);
      if (result.kind === "done") writeFileSync(output, assemble(result.parts, to));
      return result;
    }),
  );
}

const audioDigest = (file: string): string =>
  tool("ffmpeg", ["-nostdin", "-v", "error", "-i", file, "-map", "0:a:0", "-f", "md5", "-"]).out;

const withoutId3 = (bytes: Buffer): Buffer => {
  const size = [6, 7, 8, 9].reduce((sum, at) => sum * 128 + (bytes[at] ?? 0), 0);
  return bytes.subarray(0, 3).toString() === "ID3" ? bytes.subarray(10 + size) : bytes;
};

beforeAll(() => {
  expect(cases.length).toBeGreaterThanOrEqual(60);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Encodes of shapes that the page does not make, or makes only of songs of hours. */
const ofAnotherShape = ({ codec, kind, faststart }: Case): boolean =>
  codec.includes("-rf64") || (kind === "m4a" && !faststart);

describe.each(cases)("$kind: $structure ($file)", (song) => {
  const source = join(folder, song.file);
  const encoded = join(folder, `encoded-${song.file}`);
  const output = join(folder, `output-${song.file}`);

  beforeAll(() => encode(song, source, encoded));
  afterAll(() => {
    for (const file of [encoded, output]) rmSync(file, { force: true });
  });

  test("the audio is the encode's; what groups songs is the source's", () => {
    const result = transplant(song.kind, source, encoded, output);
    expect(result.kind).toBe("done");
    if (song.trips)
      expect(readFileSync(output).includes(withoutId3(readFileSync(encoded)))).toBe(true);
    else expect(audioDigest(output)).toBe(audioDigest(encoded));
    const album = (file: string) => onDisk(file, (bytes) => readAlbumTags(bytes, song.kind));
    expect(album(output)).toEqual(album(source));
    const { kind } = song;
    if (kind !== "mp3" && kind !== "m4a") return;
    // Gapless figures read from the encode are what ffmpeg decodes; ffmpeg 5.1 heeds an edit
    // list's start, but always decodes the last AAC frame to its end.
    const figures = onDisk(encoded, (bytes) => gapless(bytes, kind));
    const frame = song.codec.includes("aac") ? 1024 : 1;
    expect(figures?.samples).not.toBeNull();
    const samples = Math.ceil((figures?.samples ?? 0) / frame) * frame;
    expect(samples).toBe(decode(encoded).samples);
  });
});

describe.each(cases.filter(ofAnotherShape))(
  "$kind in another shape: $structure ($file)",
  (song) => {
    const source = join(folder, song.file);
    const encoded = join(folder, `shaped-${song.file}`);
    const output = join(folder, `shaped-output-${song.file}`);

    test("tags are equal but for loudness tags", () => {
      encode(song, source, encoded);
      transplant(song.kind, source, encoded, output);
      const [before = {}, after = {}] = dumps(song.kind, [source, output]);
      const { lost } = song;
      if (song.kind === "m4a") {
        // iTunSMPB does not go: it comes back with the figures of the new encode.
        const figures = (file: string) => onDisk(file, (bytes) => gapless(bytes, "m4a"));
        const isSmpb = (key: string) => key.endsWith("iTunSMPB");
        expect(Object.keys(after).filter(isSmpb)).toEqual(lost.filter(isSmpb));
        expect({ ...figures(output), from: "" }).toEqual({ ...figures(encoded), from: "" });
        for (const key of lost.filter(isSmpb)) delete after[key];
      }
      expect(after).toEqual(withoutLost(before, lost));
      expect(comparable(output)).toEqual(comparable(source));
      expect(complaints(output)).toBe("");
    });
  },
);
