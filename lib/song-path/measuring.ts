import { isKind, readAlbumTags, type ByteSource } from "@/lib/formats";
import { seconds } from "@/lib/loudness/units";
import type { Measured, MeasureOutcome, SongTags } from "@/lib/song/outcome";
import type { SourceFormat } from "@/lib/song/source-format";
import type { SongTask } from "@/lib/song/task";
import type { Scratch } from "@/lib/storage/scratch";
import { statedEnd } from "./audio-part";
import { foundDamage } from "./damage/found-damage";
import { Hearing } from "./damage/hearing";
import { decode, pcmFormat } from "./decoding";
import { openSong, PATHS, type OpenSong } from "./opening";
import { SongRefusal } from "./refusals";
import { runSong } from "./song-run";
import type { SongTools } from "./song-tools";

export const measureSong = (task: SongTask, tools: SongTools): Promise<MeasureOutcome> =>
  runSong(task, tools, async (run) => {
    const measured = measureSource(await openSong(run), null);
    return { kind: "measured", measured, seconds: run.seconds };
  });

/** dBTP. Float files may be over full scale, by a thousand times and more; this is no sound. */
const LOUDEST = 120;

/** Decodes the source and measures it. `keep` gets the samples, when they are needed again. */
export function measureSource(
  { run, ffmpeg, probe, checksum }: OpenSong,
  keep: Scratch | null,
): Measured {
  const { kernel, source } = run.tools;
  const hearing = new Hearing(checksum);
  const { duration: declared, format } = probe;
  const decoded = run.timed("measuring", () =>
    decode(ffmpeg, kernel, {
      path: PATHS.audio,
      stream: probe.streamIndex,
      format: pcmFormat(probe, run.task.dualMono),
      layout: format.channelLayout,
      keep: hearing.keeping(keep),
      end: statedEnd(source, probe),
      reading: checkedFrames.has(format.codec) ? ["-err_detect", "crccheck"] : [],
      onComplaint: hearing.onComplaint,
      onDecoded: (done) => run.report("measuring", declared === null ? 0 : done / declared),
    }),
  );
  if (!decoded) throw new SongRefusal(hearing.reasonOfSilence, "no audio decoded");
  const { measurement, detail, frames } = decoded;
  // Bits of damaged float files; their squares may even leave the range of numbers.
  const { truePeak } = measurement;
  if (!(truePeak <= LOUDEST)) throw new SongRefusal("invalid-samples", `${truePeak} dBTP`);
  const duration = seconds(frames / format.sampleRate);
  const damage = foundDamage(source, probe, hearing.heard(frames));
  const tags = songTags(source, format);
  return (run.measured = { format, duration, measurement, detail, tags, damage });
}

/** Codecs whose frames carry checksums: one that fails says where. */
const checkedFrames = new Set(["flac", "tta"]);

/** What groups songs to albums, as far as the tags tell. */
function songTags(source: ByteSource, { container }: SourceFormat): SongTags {
  const tags = isKind(container) ? readAlbumTags(source, container) : {};
  return {
    album: tags.album ?? null,
    albumArtist: tags.albumArtist ?? null,
    disc: tags.disc?.toString() ?? null,
  };
}
