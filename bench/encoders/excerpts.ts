import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Encoding } from "@/lib/ffmpeg/encoding";
import { readProbe } from "@/lib/ffmpeg/probe";
import { noTags } from "@/lib/ffmpeg/tag-args";
import type { RenderPlan } from "@/lib/loudness/gain-to-goal";
import type { Measurement } from "@/lib/loudness/measurement";
import type { LevelTask } from "@/lib/song/task";
import { scratchSource } from "@/lib/song-path/assembled-file";
import { audioPart, statedStretch } from "@/lib/song-path/audio-part";
import { decode, pcmFormat } from "@/lib/song-path/decoding";
import { encode } from "@/lib/song-path/encoding";
import { measureSource } from "@/lib/song-path/measuring";
import { openSong, PATHS, type OpenSong } from "@/lib/song-path/opening";
import { pcmChunks, sourceFile } from "@/lib/song-path/pcm";
import type { Programme } from "@/lib/song-path/rendering";
import { runSong } from "@/lib/song-path/song-run";
import type { Scratch } from "@/lib/storage/scratch";
import { songTools } from "../../test/support/song-tools";
import { lengthsOfAll, MUSIC } from "../songs";

/** Second of the song at which an excerpt begins. */
const START = 20;
/** Seconds of a song from which on it is long enough to be cut. */
const LONG_ENOUGH = 45;

/** The rule by which songs are chosen: of all that are long enough, by name, `count` evenly spread. */
export function songNames(count: number | null): string[] {
  const all = [...lengthsOfAll()]
    .filter(([, seconds]) => seconds >= LONG_ENOUGH)
    .map(([name]) => name)
    .sort();
  const wanted = Math.min(count ?? all.length, all.length);
  return Array.from({ length: wanted }, (_, i) => all[Math.floor((i * all.length) / wanted)]!);
}

/** Cuts an excerpt of a song into `file`, by native ffmpeg. */
export function cut(name: string, seconds: number, args: readonly string[], file: string): void {
  execFileSync("ffmpeg", [
    ...["-v", "error", "-nostdin", "-y", "-ss", `${START}`, "-t", `${seconds}`],
    ...["-i", path.join(MUSIC, name), "-map", "0:a", "-map_metadata", "-1", ...args, file],
  ]);
}

/** An excerpt as the worker has a song, on the worker's own code. */
export interface Excerpt {
  readonly song: OpenSong;
  readonly programme: Programme;
}

export async function withExcerpt(
  file: string,
  work: (excerpt: Excerpt) => Promise<void>,
): Promise<void> {
  const task = { file: new File([], path.basename(file)), dualMono: false } as LevelTask;
  const outcome = await runSong(task, songTools(readFileSync(file)), async (run) => {
    const song = await openSong(run);
    const pcm = await run.scratch(null);
    const { measured, slices } = await measureSource(song, pcm);
    const format = pcmFormat(song.probe, false);
    const layout = song.probe.format.channelLayout;
    await work({ song, programme: { pcm, format, layout, slices, measured, neighbours: null } });
    return { kind: "measured" } as const;
  });
  if (outcome.kind === "refused") throw new Error(`${file}: ${outcome.reason} ${outcome.detail}`);
}

/** The samples that an encoder would be given, interleaved. */
export function rendered({ song, programme }: Excerpt, rendering: RenderPlan): Float32Array {
  const { kernel } = song.run.tools;
  const { format, pcm, slices, neighbours } = programme;
  const { gain, ceiling } = rendering;
  const step =
    ceiling === null
      ? kernel.gain(gain)
      : kernel.limiting({ format, slices, neighbours, gain, ceiling });
  const samples = new Float32Array(pcm.size / Float32Array.BYTES_PER_ELEMENT);
  const next = pcmChunks(pcm, format.channels);
  let at = 0;
  for (let chunk = next(); chunk !== null; chunk = next()) {
    step.process(chunk);
    samples.set(chunk, at);
    at += chunk.length;
  }
  step.dispose();
  return samples;
}

export interface Returned {
  /** What came back of the rendered samples, interleaved. */
  readonly samples: Float32Array;
  readonly measurement: Measurement;
  /** Of the encoded file. */
  readonly bytes: number;
  /** Seconds of the encode. */
  readonly seconds: number;
}

/** Encodes and decodes as LevelUp does. */
export async function throughEncoder(
  { song, programme }: Excerpt,
  rendering: RenderPlan,
  encoding: Encoding,
): Promise<Returned> {
  const { run, ffmpeg } = song;
  const [encoded, keep] = [await run.scratch(null), await run.scratch(null)];
  const started = process.cpuUsage();
  encode(song, { programme, rendering, encoding, tags: noTags }, encoded);
  const { user, system } = process.cpuUsage(started);
  const bytes = scratchSource(encoded);
  const file = `${PATHS.encoded}.${encoding.extension}`;
  ffmpeg.mount(file, sourceFile(bytes));
  const probe = readProbe(ffmpeg.probe(file));
  if (typeof probe === "string") throw new Error(`The encoded file is ${probe}.`);
  ffmpeg.mount(file, sourceFile(audioPart(bytes, probe)));
  const decoded = decode(ffmpeg, run.tools.kernel, {
    path: file,
    stream: probe.streamIndex,
    format: pcmFormat(probe, false),
    layout: probe.format.channelLayout,
    keep,
    stretch: statedStretch(bytes, probe),
    onDecoded: () => undefined,
  });
  ffmpeg.unmount(file);
  if (decoded === null) throw new Error("Nothing came back.");
  const returned = {
    samples: samplesIn(keep),
    measurement: decoded.measurement,
    bytes: encoded.size,
    seconds: (user + system) / 1e6,
  };
  for (const scratch of [encoded, keep]) run.discard(scratch);
  return returned;
}

function samplesIn(scratch: Scratch): Float32Array {
  const samples = new Float32Array(scratch.size / Float32Array.BYTES_PER_ELEMENT);
  scratch.read(0, new Uint8Array(samples.buffer));
  return samples;
}
