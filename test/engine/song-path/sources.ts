import { runFfmpeg } from "../../../scripts/samples/core";
import { drive, render, toInterleavedBytes } from "../../../scripts/samples/music";
import { freshFfmpeg } from "../../support/song-tools";
import { readProbe, type Probe } from "@/lib/ffmpeg/probe";
import { decibels, dbtp, lu, lufs } from "@/lib/loudness/units";
import { bytesSource } from "@/lib/formats";
import { sourceFile } from "@/lib/song-path/pcm";
import type { LevelTask } from "@/lib/song/task";
import type { Target } from "@/lib/loudness/plan";

/** Songs of a few seconds, made and judged by the core's own encoders, decoders and filters. */

const piece = (seed: number, seconds: number) =>
  render({
    seed,
    seconds,
    beatsPerMinute: 100,
    tonic: 36,
    scale: "minor",
    progression: [0, 5, 3, 4],
    mix: { drums: 0.5, bass: 0.9, chords: 0.8, melody: 0.8 },
  });

const pieces = {
  /** Natural peaks at full scale, so quiet that -14 LUFS takes a limiter. */
  dynamic: () => toInterleavedBytes(piece(1, 5)),
  /** A loud master. */
  loud: () => toInterleavedBytes(drive(piece(2, 5), 6)),
  short: () => toInterleavedBytes(piece(3, 0.2)),
};
const rendered = new Map<string, Uint8Array>();

/** 44.1 kHz, stereo, f32. */
function pcmOf(name: keyof typeof pieces): Uint8Array {
  const known = rendered.get(name);
  if (known) return known;
  const bytes = pieces[name]();
  rendered.set(name, bytes);
  return bytes;
}

/** Encodes one of the pieces with ffmpeg's output options. */
export async function song(
  name: keyof typeof pieces,
  file: string,
  ...options: readonly string[]
): Promise<Uint8Array> {
  const raw = ["-f", "f32le", "-ar", "44100", "-ac", "2", "-i", "pcm"];
  return made(file, [...raw, ...options], { pcm: pcmOf(name) });
}

/** What ffmpeg makes of a graph of sources, for signals that are no music. */
export const signal = (graph: string, file: string, ...options: readonly string[]) =>
  made(file, ["-f", "lavfi", "-i", graph, ...options]);

async function made(
  file: string,
  args: readonly string[],
  inputs: Readonly<Record<string, Uint8Array>> = {},
): Promise<Uint8Array> {
  const run = await runFfmpeg([...args, "-fflags", "+bitexact", file], inputs, [file]);
  const [bytes] = run.outputs;
  if (!bytes || bytes.length === 0) throw new Error(run.log.slice(-5).join("\n"));
  return bytes;
}

/** Frames that come out when the bytes are decoded at their own rate. */
export async function decodedFrames(bytes: Uint8Array, channels: number): Promise<number> {
  const pcm = await decoded(bytes);
  return pcm.length / channels;
}

/** Interleaved samples. */
export async function decoded(
  bytes: Uint8Array,
  ...options: readonly string[]
): Promise<Float32Array> {
  const args = ["-i", "song", "-map", "0:a:0", ...options, "-f", "f32le", "pcm"];
  const { outputs } = await runFfmpeg(args, { song: bytes }, ["pcm"]);
  const pcm = outputs[0]!.slice();
  return new Float32Array(pcm.buffer, 0, pcm.byteLength / 4);
}

export async function asWav(bytes: Uint8Array, sampleRate: number): Promise<Uint8Array> {
  const args = ["-i", "song", "-ar", String(sampleRate), "-c:a", "pcm_f32le", "song.wav"];
  return (await runFfmpeg(args, { song: bytes }, ["song.wav"])).outputs[0]!;
}

export async function probed(bytes: Uint8Array): Promise<Probe> {
  const ffmpeg = await freshFfmpeg();
  ffmpeg.mount("/judge/song", sourceFile(bytesSource(bytes)));
  const probe = readProbe(ffmpeg.probe("/judge/song"));
  if (typeof probe === "string") throw new Error(probe);
  return probe;
}

export const target = (change: Partial<Record<keyof Target, unknown>> = {}): Target =>
  ({
    loudness: lufs(-14),
    ceiling: dbtp(-1),
    accuracy: lu(0.2),
    whenPeaksTooHigh: "limit",
    mostLimiting: decibels(12),
    onlyTurnDown: false,
    ...change,
  }) as Target;

export const sameKind = { outputFormat: "same", whenEncodedAgain: "size" } as const;

export const levelTask = (
  bytes: Uint8Array,
  name: string,
  change: Partial<LevelTask> = {},
): LevelTask => ({
  file: new File([bytes as Uint8Array<ArrayBuffer>], name),
  dualMono: false,
  target: target(),
  ...sameKind,
  verify: true,
  maxPasses: 3,
  reencoding: "always",
  loudnessTags: "leave",
  replacesOriginal: false,
  known: null,
  album: null,
  ...change,
});
