/** What the tests of tags ask of tools that are not ours. */
import { spawnSync } from "node:child_process";
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Kind } from "@/lib/formats";

export interface Case {
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
export type Dump = Record<string, unknown>;

const python = "/usr/bin/python3";
const scripts = import.meta.dirname;

/** Fails with what the tool printed; returns both streams. */
export function tool(command: string, args: readonly string[]): { out: string; err: string } {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (error) throw error;
  if (status !== 0)
    throw new Error(`${command} ${args.join(" ")}: ${status}\n${stdout}\n${stderr}`);
  return { out: stdout, err: stderr };
}

/** Songs of every kind with every structure, laid into `folder`. */
export const makeCases = (folder: string): Case[] =>
  JSON.parse(tool(python, [join(scripts, "make.py"), folder]).out) as Case[];

export const dumps = (kind: Kind, files: readonly string[]): Dump[] =>
  JSON.parse(tool(python, [join(scripts, "dump.py"), kind, ...files]).out) as Dump[];

const isApe = (key: string): boolean => key.startsWith("ape:");

/** What the file must show after the change, of what it showed before. */
export function withoutLost(before: Dump, lost: readonly string[]): Dump {
  for (const key of lost) expect(Object.keys(before)).toContain(key);
  const expected = { ...before };
  for (const key of lost) delete expected[key];
  // A tag of nothing but loudness goes as a whole.
  if (lost.some(isApe) && !Object.keys(expected).some(isApe)) expected["ape:none"] = "no items";
  return expected;
}

/**
 * Samples per channel, and what a decoder that minds every oddity says on the way, without
 * addresses.
 */
export function decode(file: string): { samples: number; complaints: string } {
  const pcm = `${file}.raw`;
  // Mixed to one channel the bytes tell the samples, whatever the layout is.
  const { err } = tool("ffmpeg", [
    ...["-nostdin", "-v", "error", "-y", "-err_detect", "explode", "-i", file],
    ...["-map", "0:a:0", "-ac", "1", "-f", "s16le", pcm],
  ]);
  const samples = statSync(pcm).size / 2;
  rmSync(pcm);
  return { samples, complaints: err.replaceAll(/0x[0-9a-f]+/g, "") };
}

/** What ffprobe says of tags, pictures and chapters. */
export function probe(file: string): {
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

/** ffprobe's answer without what may differ. */
export function comparable(file: string) {
  const { tags, ...rest } = probe(file);
  const kept = Object.entries(tags).filter(([name]) => !notCompared.test(name));
  return { ...rest, tags: Object.fromEntries(kept) };
}

export const complaints = (file: string): string => decode(file).complaints;

/** Comments are printed with a tab in front; base64 spells every word sooner or later. */
const withoutComments = (text: string): string =>
  text
    .split("\n")
    .filter((line) => !line.startsWith("\t"))
    .join("\n");

/** The format's own checker: nothing but approval. */
export function check(kind: Kind, file: string): void {
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
