import type { Encoding } from "@/lib/ffmpeg/encoding";
import type { TagArgs } from "@/lib/ffmpeg/tag-args";
import type { RenderPlan } from "@/lib/loudness/gain-to-goal";
import type { SourceFormat } from "@/lib/song/source-format";
import type { Scratch } from "@/lib/storage/scratch";
import { PATHS, type OpenSong } from "./opening";
import { BYTES_PER_SAMPLE, pcmChunks, pcmSource } from "./pcm";
import { SongRefusal } from "./refusals";
import type { RenderedProgramme } from "./rendering";
import { gridShift, shiftArgs, withLead, type GridShift } from "./vorbis/grid-shift";

interface EncodeJob {
  readonly programme: RenderedProgramme;
  readonly rendering: RenderPlan;
  readonly encoding: Encoding;
  readonly tags: TagArgs;
}

/** Renders the programme into the encoder; the encoded bytes land in `target`. */
export function encode(
  { run, ffmpeg, probe }: OpenSong,
  { programme, rendering, encoding, tags }: EncodeJob,
  target: Scratch,
): void {
  const { kernel } = run.tools;
  const { format, pcm, slices, neighbours } = programme;
  const { gain, ceiling } = rendering;
  const chunks = pcmChunks(pcm, format.channels);
  const inPlace = [
    ceiling === null
      ? kernel.gain(gain)
      : kernel.limiting({ format, slices, neighbours, gain, ceiling }),
    ...(encoding.dither16 ? [kernel.dither()] : []),
  ];
  const next = () => {
    const chunk = chunks();
    if (chunk !== null) for (const step of inPlace) step.process(chunk);
    return chunk;
  };
  const change = encoding.layout;
  const name = change?.by === "name" ? change.to : programme.layout;
  const layout = name === null ? [] : ["-channel_layout", name];
  const input = [
    ...["-f", "f32le", "-ar", String(format.sampleRate), "-ac", String(format.channels)],
    ...layout,
  ];
  let first: Float32Array | null = null;
  let shift: GridShift | null = null;
  if (mayShift(probe.format, encoding)) {
    const samples = next()?.slice() ?? new Float32Array(0);
    const beginning = { samples, channels: format.channels, input };
    shift = gridShift(ffmpeg, probe.streamIndex, beginning, encoding.args);
    first = shift === null ? samples : withLead(beginning, shift.frames);
  }
  const size = pcm.size + (shift?.frames ?? 0) * format.channels * BYTES_PER_SAMPLE;
  let pulled = 0;
  ffmpeg.mount(
    PATHS.pcm,
    pcmSource(size, () => {
      const chunk = first ?? next();
      first = null;
      pulled += chunk?.byteLength ?? 0;
      run.report("rendering", size === 0 ? 1 : pulled / size);
      return chunk;
    }),
  );
  const path = `${PATHS.encoded}.${encoding.extension}`;
  ffmpeg.mount(path, target);
  const { ok, log } = ffmpeg.run([
    ...[...input, "-i", PATHS.pcm, ...tags.input],
    ...["-map", "0:a:0", ...tags.output],
    ...(change?.by === "mix" ? ["-channel_layout", change.to] : []),
    ...["-ar", String(encoding.sampleRate)],
    ...[...encoding.args, ...(shift ? shiftArgs(shift) : []), "-f", encoding.muxer, path],
  ]);
  for (const step of inPlace) step.dispose();
  ffmpeg.unmount(PATHS.pcm);
  ffmpeg.unmount(path);
  if (!ok || target.size === 0) {
    const tooLong = log.some((line) => /File size|too large|exceeds/i.test(line));
    throw new SongRefusal(tooLong ? "too-long" : "encoder-refused", log.slice(-5).join("\n"));
  }
}

const mayShift = ({ codec, container, sampleRate, channels }: SourceFormat, encoding: Encoding) =>
  codec === "vorbis" &&
  container === "ogg" &&
  encoding.kind === "ogg" &&
  encoding.sampleRate === sampleRate &&
  encoding.channels === channels;
