import type { DecodedStretch, ListenOutcome } from "@/lib/song/outcome";
import type { ListenTask } from "@/lib/song/task";
import type { Scratch } from "@/lib/storage/scratch";
import { statedStretch } from "./audio-part";
import { decode, pcmFormat } from "./decoding";
import { openSong, PATHS, type OpenSong } from "./opening";
import { BYTES_PER_SAMPLE } from "./pcm";
import { SongRefusal } from "./refusals";
import { runSong } from "./song-run";
import type { SongTools } from "./song-tools";

/** Of one version of a song: 256 MiB of f32, that is 12 minutes of CD audio. */
const MOST_SAMPLES = 64 * 1024 * 1024;
/** What every browser plays (Web Audio §1.1); beyond it the samples are converted. */
const LOWEST_RATE = 8_000;
const HIGHEST_RATE = 96_000;

/**
 * Decodes a stretch of a song to be played. It is decoded as it is measured, and not by the browser,
 * so that source and result are aligned to the sample: browsers differ in what they cut of an
 * encoder's delay, and in what they can open at all.
 */
export const listenToSong = (task: ListenTask, tools: SongTools): Promise<ListenOutcome> =>
  runSong(task, tools, async (run) => decodeStretch(await openSong(run), task));

function decodeStretch({ run, ffmpeg, probe }: OpenSong, task: ListenTask): DecodedStretch {
  const { format } = probe;
  const sampleRate =
    task.sampleRate ?? Math.min(HIGHEST_RATE, Math.max(LOWEST_RATE, format.sampleRate));
  const channels = Math.min(2, format.channels);
  const layout = channels < format.channels ? "stereo" : format.channelLayout;
  const most = Math.floor(MOST_SAMPLES / channels / sampleRate);
  const length = Math.min(task.length ?? Infinity, most);
  const music = statedStretch(run.tools.source, probe);
  const start = music.start + Math.round(task.from * format.sampleRate);
  const wanted = music.start + Math.round((task.from + length) * format.sampleRate);
  const end = Math.min(music.end ?? Infinity, wanted);
  const planes = new Planes(
    channels,
    Math.ceil(Math.min(length, probe.duration ?? most) * sampleRate),
  );
  const played = { channels, channelLayout: layout, sampleRate };
  const decoded = run.timed("measuring", () =>
    decode(ffmpeg, run.tools.kernel, {
      path: PATHS.audio,
      stream: probe.streamIndex,
      format: pcmFormat({ format: { ...format, ...played } }, task.dualMono),
      layout,
      keep: planes,
      stretch: { start, end },
      onDecoded: (done) => run.report("measuring", done / length),
    }),
  );
  if (!decoded) throw new SongRefusal("damaged", "no audio decoded");
  const { measurement, frames } = decoded;
  const cut = task.length === null && frames >= most * sampleRate;
  return { kind: "decoded", sampleRate, channels: planes.toChannels(frames), measurement, cut };
}

/** Keeps interleaved samples as one array a channel, as Web Audio wants them. */
class Planes implements Pick<Scratch, "write"> {
  #planes: Float32Array<ArrayBuffer>[];

  constructor(channels: number, frames: number) {
    this.#planes = Array.from({ length: channels }, () => new Float32Array(frames));
  }

  /** In order, in pieces of any length. */
  write(position: number, bytes: Uint8Array): void {
    const samples = new Float32Array(
      bytes.buffer,
      bytes.byteOffset,
      bytes.length / BYTES_PER_SAMPLE,
    );
    const { length } = this.#planes;
    const first = position / BYTES_PER_SAMPLE;
    this.#reserve(Math.ceil((first + samples.length) / length));
    this.#planes.forEach((plane, channel) => {
      // A piece may begin inside a frame.
      const skipped = (channel - (first % length) + length) % length;
      let at = (first + skipped - channel) / length;
      for (let i = skipped; i < samples.length; i += length) plane[at++] = samples[i]!;
    });
  }

  toChannels(frames: number): Float32Array<ArrayBuffer>[] {
    const planes = this.#planes;
    this.#planes = [];
    return planes.map((plane) => (plane.length === frames ? plane : plane.slice(0, frames)));
  }

  /** Headers may state less than there is. */
  #reserve(frames: number): void {
    if (frames <= this.#planes[0]!.length) return;
    this.#planes = this.#planes.map((plane) => {
      const longer = new Float32Array(Math.ceil(frames * 1.25));
      longer.set(plane);
      return longer;
    });
  }
}
