import type { Measurement } from "@/lib/loudness/measurement";
import type { BesideFile } from "@/lib/files/beside/copy";
import type { Settings } from "@/lib/settings/settings";
import { albumsOf, type SongAlbum } from "@/lib/song/album";
import type { BlindListening } from "@/lib/song/blind-listening";
import type { WrittenTags } from "@/lib/song/loudness-tags";
import { isDelivered, type Song, type SongStatus } from "@/lib/song/song";
import { damageText, EXCLUDED_TEXT } from "@/lib/song/texts";
import { plannedWayText, wayTakenText } from "@/lib/song/way-texts";
import { reachOf, widens, type Reach } from "./reachable";

/** The report's schema is relied upon by others: fields may be added, never renamed. */
const REPORT_SCHEMA = "levelup-report/1";

export interface ReportHead {
  readonly app: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly workers: number;
  readonly settings: Settings;
  /** Files beside the songs, and what became of them. */
  readonly beside: readonly BesideFile[];
  /** Files and folders of what was added that are not in the list. */
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
}

type ReportStatus =
  "leveled" | "tagged" | "measured" | "skipped" | "failed" | "cancelled" | "waiting";

const reportStatus: Partial<Record<SongStatus, ReportStatus>> = {
  leveled: "leveled",
  tagged: "tagged",
  measured: "measured",
  skipped: "skipped",
  failed: "failed",
  cancelled: "cancelled",
};

/** JSON has no infinities: silence is null. */
const finite = (value: number | null | undefined, digits: number): number | null =>
  value === null || value === undefined || !Number.isFinite(value)
    ? null
    : Number(value.toFixed(digits));

const levels = (measurement: Measurement | null) =>
  measurement && {
    integratedLufs: finite(measurement.integrated, 3),
    loudnessRangeLu: finite(measurement.range, 2),
    truePeakDbtp: finite(measurement.truePeak, 2),
    momentaryMaxLufs: finite(measurement.momentaryMax, 2),
    shortTermMaxLufs: finite(measurement.shortTermMax, 2),
    samplePeakDbfs: finite(measurement.samplePeak, 2),
    samplesOverFullScale: measurement.samplesOverFullScale,
  };

const target = (reach: Reach) => ({
  reachable: finite(reach.reachable, 1),
  heldBack: reach.heldBack,
  sourceSpreadLu: finite(reach.spread?.source, 2),
  plannedSpreadLu: finite(reach.spread?.planned, 2),
  widens: widens(reach),
});

/** Null where nothing was measured, and for *Dynamic*, which cannot be foreseen. */
function planned(song: Song) {
  const { planned, plannedGain } = song;
  if (planned === null || planned.kind === "dynamic") return null;
  return {
    integratedLufs: finite(planned.integrated, 3),
    truePeakDbtp: finite(planned.truePeak, 2),
    gainDb: finite(plannedGain, 3),
    limitedDb: finite(planned.limited, 3),
    heldBack: planned.heldBy !== null,
    heldBy: planned.heldBy,
    /** What this song alone can be brought to, as the report's `target`. */
    reachableLufs: finite(reachOf([song]).reachable, 1),
    estimate: planned.estimate,
    route: planned.way?.route ?? "none",
    routeReason: planned.way?.why ?? planned.reason,
    routeText: plannedWayText(song),
  };
}

/** What was written where only tags were. */
function loudnessTags({ reference, track, album }: WrittenTags) {
  const of = ({ gain, truePeak }: WrittenTags["track"]) => ({
    gainDb: finite(gain, 3),
    truePeakDbtp: finite(truePeak, 2),
  });
  return { referenceLufs: reference, track: of(track), album: album && of(album) };
}

const blindTest = ({ chance, ...test }: BlindListening) => ({
  ...test,
  pValue: finite(chance, 6),
});

function entry(song: Song, albums: readonly SongAlbum[]) {
  const { format, seconds } = song;
  const album = albums.findIndex(({ key }) => key === song.album?.key);
  const { excluded } = song.choice;
  const { nudge, peaks } = song.applied ?? song.choice;
  const leftOut = excluded && !isDelivered(song.status);
  return {
    path: song.path,
    pathOnDisk: song.hiddenPath ?? song.path,
    status: leftOut ? "skipped" : (reportStatus[song.status] ?? "waiting"),
    reason: leftOut ? "excluded" : song.reason,
    message: leftOut ? EXCLUDED_TEXT : song.message,
    hint: leftOut ? null : song.hint,
    excluded,
    /** How far its own target lies from that of the batch, and its own way with peaks. */
    nudgeDb: nudge,
    whenPeaksTooHigh: peaks,
    detail: song.detail,
    durationSeconds: finite(song.duration, 3),
    format: format && {
      container: format.container,
      codec: format.codec,
      sampleRate: format.sampleRate,
      channels: format.channels,
      bitRate: format.bitRate,
      bitDepth: format.bitDepth,
    },
    source: levels(song.source),
    /** Index in `albums`. */
    album: album < 0 ? null : album,
    damage: song.damage && damageText(song.damage),
    planned: planned(song),
    gainDb: finite(song.gain, 3),
    limitedDb: finite(song.limited, 3),
    route: song.route,
    routeReason: song.way?.why ?? null,
    routeText: wayTakenText(song),
    /** What encoding it again costs the ear; null where it is not, or was not measured. */
    encodingCost: (song.way ?? song.planned?.way)?.cost?.audible ?? null,
    loudnessTags: song.tags && loudnessTags(song.tags),
    passes: song.passes,
    result: levels(song.result),
    listening: song.listening ? blindTest(song.listening) : null,
    output: song.output,
    seconds: seconds && {
      measure: finite(seconds.measure, 3),
      render: finite(seconds.render, 3),
      verify: finite(seconds.verify, 3),
      total: finite(seconds.total, 3),
    },
    worker: song.worker,
  };
}

/** A song as the report has it, before the batch's albums are known. */
export const reportedSong = (song: Song) => entry(song, []);

/** What formed each album and its gain. Loudness is of what is aligned: the whole, or the loudest song. */
const albumEntry = ({ gain, source, planned, loudness, ...album }: SongAlbum) => ({
  ...album,
  integratedLufs: finite(loudness?.integrated, 3),
  truePeakDbtp: finite(loudness?.truePeak, 2),
  gainDb: finite(gain, 3),
  sourceLufs: finite(source, 3),
  plannedLufs: finite(planned, 3),
});

/** The same of its album; null where it has none. */
export const reportedAlbum = ({ album }: Song) => album && albumEntry(album);

export function jsonReport(head: ReportHead, songs: readonly Song[]): string {
  const albums = albumsOf(songs);
  const files = songs.map((song) => entry(song, albums));
  const report = {
    schema: REPORT_SCHEMA,
    ...head,
    target: target(reachOf(songs)),
    albums: albums.map(albumEntry),
    files,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

const COLUMNS = [
  "path",
  "status",
  "reason",
  "message",
  "durationSeconds",
  "container",
  "codec",
  "sampleRate",
  "channels",
  "bitRate",
  "bitDepth",
  "sourceIntegratedLufs",
  "sourceLoudnessRangeLu",
  "sourceTruePeakDbtp",
  "damage",
  "plannedIntegratedLufs",
  "plannedTruePeakDbtp",
  "plannedGainDb",
  "plannedLimitedDb",
  "plannedHeldBack",
  "gainDb",
  "limitedDb",
  "route",
  "routeReason",
  "encodingCost",
  "passes",
  "taggedTrackGainDb",
  "taggedAlbumGainDb",
  "resultIntegratedLufs",
  "resultLoudnessRangeLu",
  "resultTruePeakDbtp",
  "output",
  "worker",
  "excluded",
  "nudgeDb",
] as const;

/** RFC 4180, with a byte order mark so that spreadsheets read UTF-8. */
export function csvReport(songs: readonly Song[]): string {
  const rows = songs.map((song) => {
    const { format, source, result, planned, loudnessTags, ...rest } = entry(song, []);
    const cells: Record<(typeof COLUMNS)[number], string | number | null> = {
      ...rest,
      excluded: String(rest.excluded),
      container: format?.container ?? null,
      codec: format?.codec ?? null,
      sampleRate: format?.sampleRate ?? null,
      channels: format?.channels ?? null,
      bitRate: format?.bitRate ?? null,
      bitDepth: format?.bitDepth ?? null,
      sourceIntegratedLufs: source?.integratedLufs ?? null,
      sourceLoudnessRangeLu: source?.loudnessRangeLu ?? null,
      sourceTruePeakDbtp: source?.truePeakDbtp ?? null,
      plannedIntegratedLufs: planned?.integratedLufs ?? null,
      plannedTruePeakDbtp: planned?.truePeakDbtp ?? null,
      plannedGainDb: planned?.gainDb ?? null,
      plannedLimitedDb: planned?.limitedDb ?? null,
      plannedHeldBack: planned === null ? null : String(planned.heldBack),
      taggedTrackGainDb: loudnessTags?.track.gainDb ?? null,
      taggedAlbumGainDb: loudnessTags?.album?.gainDb ?? null,
      resultIntegratedLufs: result?.integratedLufs ?? null,
      resultLoudnessRangeLu: result?.loudnessRangeLu ?? null,
      resultTruePeakDbtp: result?.truePeakDbtp ?? null,
    };
    return COLUMNS.map((column) => csvCell(cells[column])).join(",");
  });
  return `\ufeff${[COLUMNS.join(","), ...rows].join("\r\n")}\r\n`;
}

/** Text that a spreadsheet would take for a formula gets a quote in front; numbers stay numbers. */
function csvCell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
