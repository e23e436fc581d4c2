import type { Probe } from "@/lib/ffmpeg/probe";
import { isKind, readAlbumTags, type ByteSource } from "@/lib/formats";
import { seconds, type Seconds } from "@/lib/loudness/units";
import type { Measured, MeasureOutcome, SongTags } from "@/lib/song/outcome";
import type { SourceFormat } from "@/lib/song/source-format";
import type { SongTask } from "@/lib/song/task";
import type { Scratch } from "@/lib/storage/scratch";
import { statedEnd } from "./audio-part";
import { decode, pcmFormat } from "./decoding";
import { openSong, PATHS, type OpenSong } from "./opening";
import { SongRefusal } from "./refusals";
import { runSong } from "./song-run";
import type { SongTools } from "./song-tools";

export const measureSong = (task: SongTask, tools: SongTools): Promise<MeasureOutcome> =>
  runSong(task, tools, async (run) => {
    const { measured } = measureSource(await openSong(run), null);
    return { kind: "measured", measured, seconds: run.seconds };
  });

/** dBTP. Float files may be over full scale, by a thousand times and more; this is no sound. */
const LOUDEST = 120;

/** Decodes the source and measures it. `keep` gets the samples, when they are needed again. */
export function measureSource(
  { run, ffmpeg, probe }: OpenSong,
  keep: Scratch | null,
): { measured: Measured; complete: boolean } {
  const { kernel, source } = run.tools;
  const { duration: declared, format } = probe;
  const decoded = run.timed("measuring", () =>
    decode(ffmpeg, kernel, {
      path: PATHS.audio,
      format: pcmFormat(probe, run.task.dualMono),
      layout: format.channelLayout,
      keep,
      end: statedEnd(source, probe),
      onDecoded: (done) => run.report("measuring", declared === null ? 0 : done / declared),
    }),
  );
  if (!decoded) throw new SongRefusal("damaged", "no audio decoded");
  const { measurement, detail, frames } = decoded;
  // Bits of damaged float files; their squares may even leave the range of numbers.
  const { truePeak } = measurement;
  if (!(truePeak <= LOUDEST)) throw new SongRefusal("invalid-samples", `${truePeak} dBTP`);
  const duration = seconds(frames / format.sampleRate);
  const measured = { format, duration, measurement, detail, tags: songTags(source, format) };
  run.measured = measured;
  return { measured, complete: isComplete(probe, duration) };
}

/** Formats that state their exact length; elsewhere the declared length is an estimate. */
const exactLength = new Set(["flac", "wav", "aiff", "m4a", "wavpack", "tta", "w64", "caf"]);

/** False where clearly less was decoded than the header declares. */
export function isComplete({ duration, format }: Probe, decoded: Seconds): boolean {
  if (duration === null || !exactLength.has(format.container)) return true;
  return duration - decoded < Math.max(0.5, duration * 0.01);
}

/** What groups songs to albums, as far as the tags tell. */
function songTags(source: ByteSource, { container }: SourceFormat): SongTags {
  const tags = isKind(container) ? readAlbumTags(source, container) : {};
  return {
    album: tags.album ?? null,
    albumArtist: tags.albumArtist ?? null,
    disc: tags.disc?.toString() ?? null,
  };
}
