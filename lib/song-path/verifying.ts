import { readProbe } from "@/lib/ffmpeg/probe";
import type { ByteSource } from "@/lib/formats";
import type { MeterResult, SliceStore } from "@/lib/kernel";
import { withGain } from "@/lib/loudness/gained";
import type { Measurement } from "@/lib/loudness/measurement";
import type { Decibels, Seconds } from "@/lib/loudness/units";
import type { Measured } from "@/lib/song/outcome";
import { audioPart, statedStretch, type Stretch } from "./audio-part";
import { decode, pcmFormat } from "./decoding";
import { PATHS, type OpenSong } from "./opening";
import { sourceFile } from "./pcm";
import { SongRefusal } from "./refusals";

/** Seconds that an encoder may add or lose: padding of its last frame, resampling. */
const LENGTH_TOLERANCE = 0.25;
/** Seconds that are decoded of a song whose coded audio is known to be the source's. */
const BEGINNING = 10;
/** LU that the decoded beginning may differ from what the gain must make of it. */
const GAIN_TOLERANCE = 0.02;
/** LUFS. Quieter parts say nothing: what a decoder rounds counts there. */
const AUDIBLE = -60;

/** At most so many frames: what a song states to be padding stays out, also where it is shorter. */
const shortened = ({ start, end }: Stretch, frames: number): Stretch => ({
  start,
  end: Math.min(end ?? Infinity, start + frames),
});

/** The delivered file. */
interface Delivered {
  readonly extension: string;
  readonly duration: Seconds;
}

type Verifying = Pick<OpenSong, "run" | "ffmpeg">;

/**
 * Measures the very bytes that would be delivered, opened as any player would open them. Refuses
 * what cannot be opened or does not last as long as the song.
 */
export function verify(
  song: Verifying,
  bytes: ByteSource,
  delivered: Delivered,
  slices?: SliceStore,
): MeterResult {
  const measured = decodeDelivered(song, bytes, delivered, { seconds: null, slices });
  const got = measured.measurement.duration;
  if (Math.abs(got - delivered.duration) > LENGTH_TOLERANCE) {
    throw new SongRefusal("encoder-refused", `${got} s came back of ${delivered.duration} s`);
  }
  return measured;
}

/**
 * Checks a song whose gain was changed in the coded audio, every other byte of which is the
 * source's: it is opened as any player would open it, and the loudness of its decoded beginning
 * must have moved by the gain. Gives what the whole of it measures.
 */
export function verifyGain(
  song: Verifying,
  bytes: ByteSource,
  { measurement, detail, duration }: Pick<Measured, "measurement" | "detail" | "duration">,
  gain: Decibels,
): Measurement {
  const delivered = { extension: song.run.extension, duration };
  const beginning = decodeDelivered(song, bytes, delivered, { seconds: BEGINNING });
  beginning.detail.momentaryCurve.forEach((loudness, at) => {
    const wanted = (detail.momentaryCurve[at] ?? -Infinity) + gain;
    if (Math.max(wanted, loudness) > AUDIBLE && Math.abs(wanted - loudness) > GAIN_TOLERANCE) {
      throw new SongRefusal("encoder-refused", `${loudness} LUFS instead of ${wanted} LUFS`);
    }
  });
  return withGain(measurement, detail, gain);
}

interface Extent {
  /** Of its beginning; null = all. */
  readonly seconds: number | null;
  /** Kept where limiting may have to go on from them. */
  readonly slices?: SliceStore | undefined;
}

function decodeDelivered(
  { run, ffmpeg }: Verifying,
  bytes: ByteSource,
  { extension, duration }: Delivered,
  { seconds, slices }: Extent,
): MeterResult {
  return run.timed("verifying", () => {
    const path = `${PATHS.encoded}.${extension}`;
    ffmpeg.mount(path, sourceFile(bytes));
    const probe = readProbe(ffmpeg.probe(path));
    if (typeof probe === "string") throw new SongRefusal("encoder-refused", `verify: ${probe}`);
    ffmpeg.mount(path, sourceFile(audioPart(bytes, probe)));
    const stretch = statedStretch(bytes, probe);
    const decoded = decode(ffmpeg, run.tools.kernel, {
      path,
      stream: probe.streamIndex,
      format: pcmFormat(probe, run.task.dualMono),
      layout: probe.format.channelLayout,
      keep: null,
      ...(slices && { slices }),
      stretch:
        seconds === null
          ? stretch
          : shortened(stretch, Math.round(seconds * probe.format.sampleRate)),
      onDecoded: (done) => run.report("verifying", done / duration),
    });
    ffmpeg.unmount(path);
    if (!decoded) throw new SongRefusal("encoder-refused", "nothing came back");
    return decoded;
  });
}
