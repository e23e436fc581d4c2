import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

interface FoundTags {
  /** By name, as mutagen (of WAV: ffprobe) tells. */
  readonly tags: Readonly<Record<string, string>>;
  /** Digests. */
  readonly covers: readonly string[];
}

/** Debian's, which has mutagen. */
export const PYTHON = "/usr/bin/python3";
const script = fileURLToPath(new URL("tags.py", import.meta.url));

/** What WAV's LIST chunk can hold, too. */
export const spokenTags = (name: string, index: number) => ({
  title: name.replaceAll("_", " "),
  artist: "Battle for Wesnoth",
  album: "Wesnoth",
  date: "2022",
  genre: "Soundtrack",
  track: String(index + 1),
});

/** As taggers write them: what ffmpeg knows, and a few that it does not. */
export function writeTags(file: string, name: string, index: number, cover: string | null): void {
  const { track, ...spoken } = spokenTags(name, index);
  const further = { albumartist: "Various", musicbrainz_trackid: `f5a2-${index}`, bpm: "120" };
  const tags = { ...spoken, tracknumber: track, ...further };
  python("write", [{ file, tags, cover }]);
}

export const readTags = (files: readonly string[]): FoundTags[] =>
  JSON.parse(python("read", files)) as FoundTags[];

function python(command: string, given: unknown): string {
  const input = JSON.stringify(given);
  const { stdout, stderr, status } = spawnSync(PYTHON, [script, command], {
    ...{ input, encoding: "utf8", maxBuffer: 1 << 26 },
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/** A tag is lost where it is gone or says something else. */
export const lostTags = (source: FoundTags, made: FoundTags): boolean =>
  Object.entries(source.tags).some(([name, value]) => made.tags[name] !== value);

export const lostCovers = (source: FoundTags, made: FoundTags): boolean =>
  source.covers.some((cover) => !made.covers.includes(cover));
