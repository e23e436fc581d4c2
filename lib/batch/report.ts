import type { Measurement } from "@/lib/loudness/measurement";
import type { Settings } from "@/lib/settings/settings";
import type { Song, SongStatus } from "@/lib/song/song";
import { damageText } from "@/lib/song/texts";

/** The report's schema is relied upon by others: fields may be added, never renamed. */
const REPORT_SCHEMA = "levelup-report/1";

export interface ReportHead {
  readonly app: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly workers: number;
  readonly settings: Settings;
  /** Files and folders of what was added that are not in the list. */
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
}

type ReportStatus = "leveled" | "measured" | "skipped" | "failed" | "cancelled" | "waiting";

const reportStatus: Partial<Record<SongStatus, ReportStatus>> = {
  leveled: "leveled",
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

function entry(song: Song) {
  const { format, seconds } = song;
  return {
    path: song.path,
    status: reportStatus[song.status] ?? "waiting",
    reason: song.reason,
    message: song.message,
    hint: song.hint,
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
    damage: song.damage && damageText(song.damage),
    gainDb: finite(song.gain, 3),
    limitedDb: finite(song.limited, 3),
    route: song.route,
    passes: song.passes,
    result: levels(song.result),
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

export const jsonReport = (head: ReportHead, songs: readonly Song[]): string =>
  `${JSON.stringify({ schema: REPORT_SCHEMA, ...head, files: songs.map(entry) }, null, 2)}\n`;

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
  "gainDb",
  "limitedDb",
  "route",
  "passes",
  "resultIntegratedLufs",
  "resultLoudnessRangeLu",
  "resultTruePeakDbtp",
  "output",
  "worker",
] as const;

/** RFC 4180, with a byte order mark so that spreadsheets read UTF-8. */
export function csvReport(songs: readonly Song[]): string {
  const rows = songs.map((song) => {
    const { format, source, result, ...rest } = entry(song);
    const cells: Record<(typeof COLUMNS)[number], string | number | null> = {
      ...rest,
      container: format?.container ?? null,
      codec: format?.codec ?? null,
      sampleRate: format?.sampleRate ?? null,
      channels: format?.channels ?? null,
      bitRate: format?.bitRate ?? null,
      bitDepth: format?.bitDepth ?? null,
      sourceIntegratedLufs: source?.integratedLufs ?? null,
      sourceLoudnessRangeLu: source?.loudnessRangeLu ?? null,
      sourceTruePeakDbtp: source?.truePeakDbtp ?? null,
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
