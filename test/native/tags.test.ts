/**
 * Tags against tools that are not ours: songs with every structure are made by lame, flac, oggenc,
 * opusenc, ffmpeg and mutagen, encoded anew by ffmpeg as the worker does it, given their tags
 * back, and compared by mutagen and ffprobe. `LEVELUP_TAGS_TABLE=file` writes the table.
 */
import { execFileSync, spawnSync } from "node:child_process";
import {
  closeSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  assemble,
  gapless,
  readCommonTags,
  transplantTags,
  type ByteSource,
  type Kind,
} from "@/lib/tags";

interface Case {
  readonly file: string;
  readonly kind: Kind;
  readonly structure: string;
  readonly codec: string[];
  /** Keys of dump.py that must be gone. */
  readonly lost: string[];
  readonly faststart: boolean;
  /** ffmpeg takes a tag of the source itself for audio. */
  readonly trips: boolean;
}
type Dump = Record<string, unknown>;

const python = "/usr/bin/python3";
const scripts = join(import.meta.dirname, "tags");
const folder = mkdtempSync(join(tmpdir(), "tags-"));
const rows: Array<[kind: string, structure: string, result: string]> = [];

const cases = JSON.parse(
  execFileSync(python, [join(scripts, "make.py"), folder], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  }),
) as Case[];

/** Fails with what the tool printed; returns both streams. */
function tool(command: string, args: readonly string[]): { out: string; err: string } {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (error) throw error;
  if (status !== 0)
    throw new Error(`${command} ${args.join(" ")}: ${status}\n${stdout}\n${stderr}`);
  return { out: stdout, err: stderr };
}

const isApe = (key: string): boolean => key.startsWith("ape:");

const dumps = (kind: Kind, files: readonly string[]): Dump[] =>
  JSON.parse(tool(python, [join(scripts, "dump.py"), kind, ...files]).out) as Dump[];

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

/** Samples per channel. ffmpeg's Vorbis decoder drops 128 of a 5.1 stream; oggdec does not. */
function decodedSamples(kind: Kind, file: string): number {
  const channels = Number(
    tool("ffprobe", [
      ...["-v", "error", "-select_streams", "a:0", "-show_entries", "stream=channels"],
      ...["-of", "default=nw=1:nk=1", file],
    ]).out,
  );
  const pcm = `${file}.raw`;
  if (kind === "ogg") tool("oggdec", ["-Q", "-R", "-b", "16", "-o", pcm, file]);
  else
    tool("ffmpeg", [
      ...["-nostdin", "-v", "error", "-y", "-i", file, "-map", "0:a:0", "-f", "s16le", pcm],
    ]);
  const samples = statSync(pcm).size / 2 / channels;
  rmSync(pcm);
  return samples;
}

/** What ffprobe says of tags, pictures and chapters. */
function probe(file: string): {
  tags: Record<string, string>;
  pictures: number;
  chapters: unknown;
} {
  const { out } = tool("ffprobe", [
    ...["-v", "error", "-of", "json", "-show_format", "-show_streams", "-show_chapters", file],
  ]);
  const { format, streams, chapters } = JSON.parse(out) as {
    format: { tags?: Record<string, string> };
    streams: Array<{
      codec_type: string;
      tags?: Record<string, string>;
      disposition: { attached_pic: number };
    }>;
    chapters: Array<{ start_time: string; end_time: string; tags?: unknown }>;
  };
  const audio = streams.find(({ codec_type }) => codec_type === "audio");
  return {
    tags: { ...audio?.tags, ...format.tags },
    pictures: streams.filter(({ disposition }) => disposition.attached_pic === 1).length,
    chapters: chapters.map(({ start_time, tags }) => ({ start_time, tags })),
  };
}

/** ffprobe's tags that tell of the encoder or the container, or that are loudness. */
const notCompared =
  /^(encoder|encoded_by|major_brand|minor_version|compatible_brands|creation_time|vendor_id|handler_name|vendor|umid|replaygain.*|r128.*|itunnorm|itunsmpb|rva.*|mp3gain.*|duration)$/i;
const compared = (tags: Record<string, string>) =>
  Object.fromEntries(Object.entries(tags).filter(([name]) => !notCompared.test(name)));

/** What a decoder that stops at the first oddity says, without addresses. */
function complaints(file: string): string {
  const strict = ["-nostdin", "-v", "error", "-err_detect", "explode", "-i", file];
  const { err } = tool("ffmpeg", [...strict, "-map", "0:a:0", "-f", "null", "-"]);
  return err.replaceAll(/0x[0-9a-f]+/g, "");
}

const withoutId3 = (bytes: Buffer): Buffer => {
  const size = [6, 7, 8, 9].reduce((sum, at) => sum * 128 + (bytes[at] ?? 0), 0);
  return bytes.subarray(0, 3).toString() === "ID3" ? bytes.subarray(10 + size) : bytes;
};

/** Comments are printed with a tab in front; base64 spells every word sooner or later. */
const withoutComments = (text: string): string =>
  text
    .split("\n")
    .filter((line) => !line.startsWith("\t"))
    .join("\n");

/** The format's own checker: nothing but approval. */
function check(kind: Kind, file: string): void {
  if (kind === "flac") {
    const { err } = tool("flac", ["-t", "-s", "-w", file]);
    expect(err).toBe("");
  }
  if (kind === "opus") {
    const { out, err } = tool("opusinfo", [file]);
    expect(withoutComments(out + err)).not.toMatch(/warning|error|invalid|corrupt/i);
  }
  if (kind === "ogg") {
    const { out, err } = tool("ogginfo", [file]);
    expect(withoutComments(out + err)).not.toMatch(/warning|error|invalid|corrupt|hole/i);
  }
}

beforeAll(() => {
  expect(cases.length).toBeGreaterThanOrEqual(60);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  const table = [
    "| kind | structure | result |",
    "|---|---|---|",
    ...rows.map((row) => `| ${row.join(" | ")} |`),
  ].join("\n");
  const target = process.env.LEVELUP_TAGS_TABLE;
  if (target) writeFileSync(target, `${table}\n`);
  console.log(table);
});

describe.each(cases)("$kind: $structure ($file)", (song) => {
  const source = join(folder, song.file);
  const encoded = join(folder, `encoded-${song.file}`);
  const output = join(folder, `output-${song.file}`);

  beforeAll(() => encode(song, source, encoded));
  afterAll(() => {
    for (const file of [encoded, output]) rmSync(file, { force: true });
  });

  test("tags and pictures are equal but for loudness tags, and the audio is the encode's", () => {
    const result = transplant(song.kind, source, encoded, output);
    expect(result.kind).toBe("done");
    if (result.kind !== "done") return;

    const [before = {}, after = {}] = dumps(song.kind, [source, output]);
    const { lost } = song;
    for (const key of lost) expect(Object.keys(before)).toContain(key);
    const expected = { ...before };
    for (const key of lost) delete expected[key];
    if (song.kind === "m4a") {
      // iTunSMPB does not go: it comes back with the figures of the new encode.
      const figures = (file: string) => onDisk(file, (bytes) => gapless(bytes, "m4a"));
      const isSmpb = (key: string) => key.endsWith("iTunSMPB");
      expect(Object.keys(after).filter(isSmpb)).toEqual(lost.filter(isSmpb));
      expect({ ...figures(output), from: "" }).toEqual({ ...figures(encoded), from: "" });
      for (const key of lost.filter(isSmpb)) delete after[key];
    }
    // A tag of nothing but loudness goes as a whole.
    if (lost.some(isApe) && !Object.keys(expected).some(isApe)) expected["ape:none"] = "no items";
    expect(after).toEqual(expected);

    const [probedBefore, probedAfter] = [probe(source), probe(output)];
    expect(compared(probedAfter.tags)).toEqual(compared(probedBefore.tags));
    expect(probedAfter.pictures).toBe(probedBefore.pictures);
    expect(probedAfter.chapters).toEqual(probedBefore.chapters);

    expect(complaints(output)).toEqual(song.trips ? complaints(source) : "");
    if (song.trips)
      expect(readFileSync(output).includes(withoutId3(readFileSync(encoded)))).toBe(true);
    else expect(audioDigest(output)).toBe(audioDigest(encoded));
    check(song.kind, output);

    const common = (file: string) => onDisk(file, (bytes) => readCommonTags(bytes, song.kind));
    expect(common(output)).toEqual(common(source));
    const size = statSync(output).size - statSync(encoded).size;
    const gone = [...result.removed, ...result.outdated].join(", ");
    const notes = result.notes.length > 0 ? `; ${result.notes.join(", ")}` : "";
    rows.push([
      song.kind,
      song.structure,
      `equal${gone === "" ? "" : `; left out: ${gone}`}${notes} (${size >= 0 ? "+" : ""}${size} bytes)`,
    ]);
  });

  test("gapless figures read from the encode are what ffmpeg decodes", () => {
    const figures = onDisk(encoded, (bytes) => gapless(bytes, song.kind));
    const decoded = decodedSamples(song.kind, encoded);
    // ffmpeg 5.1 heeds an edit list's start, but always decodes the last AAC frame to its end.
    const frame = song.codec.includes("aac") ? 1024 : 1;
    expect(figures?.samples).not.toBeNull();
    expect(Math.ceil((figures?.samples ?? 0) / frame) * frame).toBe(decoded);
  });
});
