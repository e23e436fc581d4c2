import { planEncoding } from "@/lib/ffmpeg/plan-encoding";
import type { Probe } from "@/lib/ffmpeg/probe";
import {
  canTagLoudness,
  isKind,
  mp3Hints,
  noHints,
  readAlbumTags,
  type ByteSource,
  type EncoderHints,
} from "@/lib/formats";
import { SliceStore, type Kernel, type MeterResult } from "@/lib/kernel";
import { limitingCurve } from "@/lib/loudness/limiting-curve";
import { seconds, type Seconds } from "@/lib/loudness/units";
import type { EncodingWay, OutputFormat } from "@/lib/settings/settings";
import type { Measured, MeasureOutcome, SongTags } from "@/lib/song/outcome";
import type { SourceFormat } from "@/lib/song/source-format";
import type { SongTask } from "@/lib/song/task";
import type { Scratch } from "@/lib/storage/scratch";
import { statedStretch } from "./audio-part";
import { foundDamage } from "./damage/found-damage";
import { Hearing } from "./damage/hearing";
import { placedComplaints } from "./damage/placed-complaints";
import { decode, pcmFormat, type DecodedPart } from "./decoding";
import { ownGain } from "./lossless-gain";
import { openSong, PATHS, type OpenSong } from "./opening";
import { SongRefusal } from "./refusals";
import { runSong, type SongRun } from "./song-run";
import type { SongTools } from "./song-tools";

export const measureSong = (task: SongTask, tools: SongTools): Promise<MeasureOutcome> =>
  runSong(task, tools, async (run) => {
    const { measured } = await measureSource(await openSong(run), null);
    return { kind: "measured", measured, seconds: run.seconds };
  });

/** dBTP. Float files may be over full scale, by a thousand times and more; this is no sound. */
const LOUDEST = 120;

export interface MeasuredSource {
  readonly measured: Measured;
  /** What limiting is foreseen by, while the run lasts. */
  readonly slices: SliceStore;
}

/**
 * Decodes the source and measures it. `keep` gets the samples, when they are needed again. What was found
 * wrong when it was measured before (`known`) holds: checksums are not reckoned twice.
 */
export async function measureSource(
  song: OpenSong,
  keep: Scratch | null,
  known: Pick<Measured, "damage"> | null = null,
): Promise<MeasuredSource> {
  const { run, ffmpeg, probe } = song;
  const { kernel, source } = run.tools;
  const checksum = known ? null : song.checksum;
  const hearing = new Hearing(checksum);
  const { duration: declared, format } = probe;
  const slices = await sliceStore(run, format.sampleRate, declared);
  const part: DecodedPart = {
    path: PATHS.audio,
    stream: probe.streamIndex,
    format: pcmFormat(probe, run.task.dualMono),
    layout: format.channelLayout,
    stretch: statedStretch(source, probe),
  };
  const checked = checkedFrames.has(format.codec) ? { reading: ["-err_detect", "crccheck"] } : {};
  const decoded = run.timed("measuring", () =>
    decode(ffmpeg, kernel, {
      ...part,
      // The checksum of all samples tells more than those of the frames, which tell where.
      ...(known || checksum ? {} : checked),
      keep: hearing.keeping(keep),
      slices,
      onComplaint: hearing.onComplaint,
      onDecoded: (done) => run.report("measuring", declared === null ? 0 : done / declared),
    }),
  );
  if (!decoded) throw new SongRefusal(hearing.reasonOfSilence, "no audio decoded");
  const { measurement, detail, frames } = decoded;
  const damage = known
    ? known.damage
    : run.timed("measuring", () => {
        const alive = () => run.report("measuring", 1);
        const places = () => placedComplaints(ffmpeg, { ...part, ...checked }, alive);
        return foundDamage(source, probe, hearing.heard(frames, places));
      });
  // Bits of damaged float files; their squares may even leave the range of numbers.
  const { truePeak } = measurement;
  if (!(truePeak <= LOUDEST)) throw new SongRefusal("invalid-samples", `${truePeak} dBTP`);
  const duration = seconds(frames / format.sampleRate);
  const measured: Measured = {
    ...{ format, duration, measurement, detail },
    limiting: run.timed("measuring", () => foreseenLimiting(kernel, decoded, slices)),
    edges: decoded.edges!,
    encoders: encodersOf(song),
    ownGain: run.timed("measuring", () => ownGain(source, probe)),
    takesLoudnessTags: canTagLoudness(format.container),
    tags: songTags(source, format),
    damage,
  };
  run.measured = measured;
  return { measured, slices };
}

/** Codecs whose frames carry checksums: one that fails says where. */
const checkedFrames = new Set(["flac", "tta"]);

/** Room for the slices of a song: those of a long one lie in a scratch. */
export async function sliceStore(
  run: SongRun,
  sampleRate: number,
  duration: Seconds | null,
): Promise<SliceStore> {
  const fits = run.sizesAreKnown && duration !== null && SliceStore.fits(sampleRate, duration);
  return new SliceStore(sampleRate, fits ? null : await run.scratch(null));
}

/** What limiting would take from a programme. */
export function foreseenLimiting(kernel: Kernel, measured: MeterResult, slices: SliceStore) {
  const { integrated, truePeak } = measured.measurement;
  if (!Number.isFinite(integrated)) return new Float32Array(0);
  const prediction = kernel.prediction({ measured, slices });
  const curve = limitingCurve(prediction, truePeak);
  prediction.dispose();
  return curve;
}

/** Found out now: the page, which plans, does not see the file. */
function encodersOf({ run, probe }: OpenSong): Measured["encoders"] {
  const hints = encoderHints(run, probe);
  const keeping = (whenEncodedAgain: EncodingWay["whenEncodedAgain"]) => {
    const of = (outputFormat: OutputFormat) =>
      planEncoding(probe, { outputFormat, whenEncodedAgain }, hints, run.extension).response;
    return {
      ...{ same: of("same"), mp3: of("mp3"), flac: of("flac"), wav: of("wav") },
      ...{ m4a: of("m4a"), ogg: of("ogg"), opus: of("opus") },
    };
  };
  return { size: keeping("size"), sound: keeping("sound") };
}

/** What the file tells of how it was encoded. */
export const encoderHints = ({ tools }: SongRun, { format }: Probe): EncoderHints =>
  format.codec === "mp3" ? mp3Hints(tools.source) : noHints;

/** What groups songs to albums, as far as the tags tell. */
function songTags(source: ByteSource, { container }: SourceFormat): SongTags {
  const tags = isKind(container) ? readAlbumTags(source, container) : {};
  return {
    album: tags.album ?? null,
    albumArtist: tags.albumArtist ?? null,
    disc: tags.disc?.toString() ?? null,
  };
}
