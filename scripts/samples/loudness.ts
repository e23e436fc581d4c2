import { runFfmpeg } from "./core";

/** Loudness of a whole file by ffmpeg's own `ebur128` filter. */
export interface Loudness {
  /** LUFS; `-Infinity` when nothing passes the gates. */
  readonly integrated: number;
  /** LU. */
  readonly range: number;
  /** dBTP; `-Infinity` for digital silence. */
  readonly truePeak: number;
}

/**
 * The filter's closing summary prints one decimal. The per-frame metadata has three and includes
 * the running values, so its last frame is the measurement.
 * Throws when ffmpeg cannot decode the bytes.
 */
export async function measureLoudness(bytes: Uint8Array): Promise<Loudness> {
  const filter = "ebur128=peak=true:framelog=verbose:metadata=1,ametadata=mode=print:file=frames";
  const run = await runFfmpeg(
    ["-i", "song", "-map", "0:a:0", "-af", filter, "-f", "null", "-"],
    { song: bytes },
    ["frames"],
  );
  const [frames] = run.outputs;
  if (run.code !== 0 || frames == null) {
    throw new Error(`ffmpeg could not measure the file:\n${run.log.slice(-5).join("\n")}`);
  }
  const last = lastFrame(new TextDecoder().decode(frames));
  return { ...last, truePeak: Math.max(last.truePeak, summaryPeak(run.log) - 0.05) };
}

/** The summary also counts the last part frame of under 100 ms, rounded to 0.1 dB. */
function summaryPeak(log: readonly string[]): number {
  const peak = /True peak:\s+Peak:\s+(\S+) dBFS/.exec(log.join("\n"))?.[1];
  return peak === undefined || peak === "-inf" ? -Infinity : Number(peak);
}

/** Reads what `ametadata=mode=print` wrote: blocks of `lavfi.r128.NAME=value` lines. */
export function lastFrame(frames: string): Loudness {
  const last = new Map<string, number>();
  let truePeak = 0;
  for (const match of frames.matchAll(/^lavfi\.r128\.(\S+?)=(\S+)$/gm)) {
    const [, name = "", text = ""] = match;
    const value = Number(text);
    // One amplitude a channel, running maximum, linear.
    if (name.startsWith("true_peaks_ch")) truePeak = Math.max(truePeak, value);
    else last.set(name, value);
  }
  const integrated = last.get("I") ?? -Infinity;
  return {
    integrated: integrated <= -70 ? -Infinity : integrated,
    range: last.get("LRA") ?? 0,
    truePeak: 20 * Math.log10(truePeak),
  };
}
