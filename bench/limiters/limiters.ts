import { spawnSync } from "node:child_process";
import type { Kernel } from "@/lib/kernel";
import { limitWhole, measure } from "../../test/engine/kernel/kernel";
import type { Pcm } from "../../test/support/signals";

/** dBTP that every limiter is asked to stay under. */
export const CEILING = -1;

export interface Limiter {
  readonly name: string;
  /** Applies the gain, in dB, and limits to `CEILING`; what comes out is as long and not delayed. */
  limit(pcm: Pcm, gain: number): Pcm;
}

export const ours = (kernel: Kernel): Limiter => ({
  name: "LevelUp",
  limit: (pcm, gain) => limitWhole(kernel, pcm, gain, CEILING).pcm,
});

/** A filter graph of native ffmpeg; `delay` in frames of the output. */
function inFfmpeg(name: string, graph: (gain: number) => string, delay: number): Limiter {
  return {
    name,
    limit({ samples, sampleRate, channels }, gain) {
      const raw = ["-f", "f32le", "-ar", `${sampleRate}`, "-ac", `${channels}`];
      const filters = `apad=pad_len=${delay + 4096},${graph(gain)}`;
      const quiet = ["-v", "error", "-nostdin"];
      const args = [...quiet, ...raw, "-i", "-", "-af", filters, ...raw, "-"];
      const input = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
      const { stdout, stderr, status } = spawnSync("ffmpeg", args, { input, maxBuffer: 2 ** 30 });
      if (status !== 0) throw new Error(`${name}: ${stderr.toString()}`);
      const out = new Float32Array(stdout.buffer.slice(stdout.byteOffset), 0, stdout.length / 4);
      const from = delay * channels;
      return { sampleRate, channels, samples: out.subarray(from, from + samples.length) };
    },
  };
}

const DENSE = 176_400;
const level = 10 ** (CEILING / 20);

/** ffmpeg's own, at four times 44.1 kHz, since it sees only samples. */
const alimiter = (delay: number): Limiter =>
  inFfmpeg(
    "alimiter",
    (gain) =>
      `volume=${gain}dB:precision=double,aresample=${DENSE}:filter_size=64,` +
      `alimiter=limit=${level}:level=disabled:asc=1,aresample=44100:filter_size=64`,
    delay,
  );

const dpl = (delay: number): Limiter =>
  inFfmpeg(
    "x42 dpl",
    (gain) =>
      "lv2=p=http\\\\://gareus.org/oss/lv2/dpl#stereo:" +
      `c=gain=${gain}|threshold=${CEILING}|truepeak=1`,
    delay,
  );

/** Peers, their delay found by a click that they have no need to limit. */
export function peers(): Limiter[] {
  const at = 10_000;
  const click: Pcm = { sampleRate: 44_100, channels: 2, samples: new Float32Array(2 * 30_000) };
  click.samples[2 * at] = 0.1;
  return [alimiter, dpl].map((make) => {
    const { samples } = make(0).limit(click, 0);
    let highest = 0;
    samples.forEach((value, i) => {
      if (Math.abs(value) > Math.abs(samples[highest]!)) highest = i;
    });
    return make(Math.floor(highest / 2) - at);
  });
}

/** The gain that brings a limiter's output to a loudness, to 0.01 LU, and that output. */
export function drivenTo(
  kernel: Kernel,
  limiter: Limiter,
  pcm: Pcm,
  loudness: number,
  from: number,
) {
  let [gain, before]: [number, { gain: number; got: number } | null] = [from, null];
  for (;;) {
    const out = limiter.limit(pcm, gain);
    const got = measure(kernel, out).measurement.integrated;
    const missing = loudness - got;
    if (Math.abs(missing) < 0.01) return { gain, out };
    const brought: number = before ? (got - before.got) / (gain - before.gain) : 1;
    before = { gain, got };
    gain += missing / Math.min(1, Math.max(0.2, brought));
    if (gain > from + 15) throw new Error(`${limiter.name} does not get there`);
  }
}
