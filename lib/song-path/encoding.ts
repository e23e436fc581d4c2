import type { Encoding } from "@/lib/ffmpeg/encoding";
import type { TagArgs } from "@/lib/ffmpeg/tag-args";
import type { RenderPlan } from "@/lib/loudness/gain-to-goal";
import type { Scratch } from "@/lib/storage/scratch";
import { PATHS, type OpenSong } from "./opening";
import { pcmChunks, pcmSource } from "./pcm";
import { SongRefusal } from "./refusals";
import type { Programme } from "./rendering";

interface EncodeJob {
  readonly programme: Programme;
  readonly rendering: RenderPlan;
  readonly encoding: Encoding;
  readonly tags: TagArgs;
}

/** Renders the programme into the encoder; the encoded bytes land in `target`. */
export function encode(
  { run, ffmpeg }: Pick<OpenSong, "run" | "ffmpeg">,
  { programme, rendering, encoding, tags }: EncodeJob,
  target: Scratch,
): void {
  const { kernel } = run.tools;
  const { format, pcm, slices, neighbours } = programme;
  const { gain, ceiling } = rendering;
  let pulled = 0;
  const next = pcmChunks(pcm, format.channels);
  const inPlace = [
    ceiling === null
      ? kernel.gain(gain)
      : kernel.limiting({ format, slices, neighbours, gain, ceiling }),
    ...(encoding.dither16 ? [kernel.dither()] : []),
  ];
  ffmpeg.mount(
    PATHS.pcm,
    pcmSource(pcm.size, () => {
      const chunk = next();
      if (chunk !== null) for (const step of inPlace) step.process(chunk);
      pulled += chunk?.byteLength ?? 0;
      run.report("rendering", pcm.size === 0 ? 1 : pulled / pcm.size);
      return chunk;
    }),
  );
  const path = `${PATHS.encoded}.${encoding.extension}`;
  ffmpeg.mount(path, target);
  const change = encoding.layout;
  const name = change?.by === "name" ? change.to : programme.layout;
  const layout = name === null ? [] : ["-channel_layout", name];
  const { ok, log } = ffmpeg.run([
    ...["-f", "f32le", "-ar", String(format.sampleRate), "-ac", String(format.channels)],
    ...[...layout, "-i", PATHS.pcm, ...tags.input],
    ...["-map", "0:a:0", ...tags.output],
    ...(change?.by === "mix" ? ["-channel_layout", change.to] : []),
    ...["-ar", String(encoding.sampleRate)],
    ...[...encoding.args, "-f", encoding.muxer, path],
  ]);
  for (const step of inPlace) step.dispose();
  ffmpeg.unmount(PATHS.pcm);
  ffmpeg.unmount(path);
  if (!ok || target.size === 0) {
    const tooLong = log.some((line) => /File size|too large|exceeds/i.test(line));
    throw new SongRefusal(tooLong ? "too-long" : "encoder-refused", log.slice(-5).join("\n"));
  }
}
