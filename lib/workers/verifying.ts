import type { Ffmpeg } from "@/lib/ffmpeg/instance";
import { readProbe } from "@/lib/ffmpeg/probe";
import type { Measurement } from "@/lib/loudness/measurement";
import type { Seconds } from "@/lib/loudness/units";
import type { ByteSource } from "@/lib/tags/bytes";
import { audioPart, statedEnd } from "./audio-part";
import { decode, PATHS, pcmFormat } from "./measuring";
import { sourceFile } from "./pcm";
import type { SongRun } from "./song-run";
import { SongRefusal } from "./song-tools";

/** Seconds that an encoder may add or lose: padding of its last frame, resampling. */
const LENGTH_TOLERANCE = 0.25;

/**
 * Measures the very bytes that would be delivered, opened as any player would open them. Refuses
 * what cannot be opened or does not last as long as the song.
 */
export function verify(
  run: SongRun,
  ffmpeg: Ffmpeg,
  bytes: ByteSource,
  { extension, duration, dualMono }: { extension: string; duration: Seconds; dualMono: boolean },
): Measurement {
  return run.timed("verifying", () => {
    const path = `${PATHS.encoded}.${extension}`;
    ffmpeg.mount(path, sourceFile(bytes));
    const probe = readProbe(ffmpeg.probe(path));
    if (typeof probe === "string") throw new SongRefusal("encoder-refused", `verify: ${probe}`);
    ffmpeg.mount(path, sourceFile(audioPart(bytes, probe)));
    const decoded = decode(ffmpeg, run.tools.kernel, {
      path,
      format: pcmFormat(probe, dualMono),
      layout: probe.format.channelLayout,
      keep: null,
      end: statedEnd(bytes, probe),
      onDecoded: (done) => run.report("verifying", done / duration),
    });
    ffmpeg.unmount(path);
    const got = decoded?.measurement.duration ?? 0;
    if (!decoded || Math.abs(got - duration) > LENGTH_TOLERANCE) {
      throw new SongRefusal("encoder-refused", `${got} s came back of ${duration} s`);
    }
    return decoded.measurement;
  });
}
