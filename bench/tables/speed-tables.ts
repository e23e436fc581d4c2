import type { Results } from "../results";
import { KINDS, type Kind } from "../songs";
import {
  JOBS,
  perMinute,
  ratios,
  TOOLS,
  type JobName,
  type Sample,
  type Tool,
} from "../speed/samples";
import { spreadOf } from "../spread";
import { spreadText, type Table } from "./table";

const NAMES: Readonly<Record<JobName, string>> = {
  scan: "Scan",
  level: "Level to the same kind",
  batch: "Level eight MP3s in one batch",
  limit: "Level with the limiter at work",
  lossless: "Lossless",
};

export const speedTables = (results: Results): Table[] => [
  ...JOBS.map((job) => jobTable(results, job)),
  deliveredTable(results),
  phases(results),
];

function jobTable({ samples }: Results, job: JobName): Table {
  const abouts: Record<JobName, string> = {
    scan: "Integrated loudness, range and true peak; nothing is written. The floor is one plain decode.",
    level:
      "To -18 LUFS: every song gets quieter and loudnorm stays linear. LevelUp verifies what it wrote, the others do not. The floor is one plain decode and encode.",
    batch:
      "As a folder is leveled: what a batch costs to begin with is shared by more songs than above.",
    limit: "To -9 LUFS: the peaks of every song are in the way.",
    lossless:
      "MP3 without encoding. LevelUp decodes before and after to measure; ffmpeg-normalize has no such way, its figures are those of leveling.",
  };
  const rows: string[][] = [];
  for (const kind of KINDS) {
    const here = samples.filter((sample) => sample.job === job && sample.kind === kind);
    for (const tool of Object.keys(TOOLS) as Tool[]) {
      const borrowed = job === "lossless" && tool === "loudnorm" && here.length > 0;
      const own = (
        borrowed ? samples.filter((sample) => sample.job === "level" && sample.kind === kind) : here
      ).filter((sample) => sample.tool === tool);
      if (own.length === 0) continue;
      const notes = [...new Set(own.flatMap(({ note }) => note ?? []))].join(", ");
      rows.push([
        kind.toUpperCase(),
        TOOLS[tool],
        spreadText(spreadOf(own.map(perMinute)), 2),
        cpuText(own),
        tool === "levelup" ? "" : ratioText(samples, job, kind, tool, "wall"),
        tool === "levelup" ? "" : ratioText(samples, job, kind, tool, "engine"),
        tool === "levelup" ? "" : ratioText(samples, job, kind, tool, "cpu"),
        notes,
      ]);
    }
  }
  return {
    title: `${NAMES[job]}, one core`,
    // The goals tell what they found.
    ...((job === "batch" || job === "lossless") && { onlyPrinted: true }),
    about: `${abouts[job]} Measured; seconds a minute of audio, median (least to most). Ratios are LevelUp's time over this tool's, song by song: of the batch by the clock, of the song alone inside the worker, and of processor time.`,
    head: ["kind", "tool", "s/min", "cpu s/min", "batch ratio", "song ratio", "cpu ratio", "note"],
    rows,
  };
}

function cpuText(samples: readonly Sample[]): string {
  const values = samples.flatMap(({ cpu, duration }) =>
    cpu === null ? [] : [(cpu / duration) * 60],
  );
  return values.length === 0 ? "" : spreadOf(values).median.toFixed(2);
}

function ratioText(
  samples: readonly Sample[],
  job: JobName,
  kind: Kind,
  tool: Tool,
  measure: "wall" | "engine" | "cpu",
): string {
  const spread = ratios(samples, job, kind, tool, measure);
  return spread ? spreadText(spread, 2) : "";
}

function deliveredTable({ samples }: Results): Table {
  const rows: string[][] = [];
  for (const job of JOBS) {
    for (const kind of KINDS) {
      for (const tool of Object.keys(TOOLS) as Tool[]) {
        const judged = samples
          .filter((sample) => sample.job === job && sample.kind === kind && sample.tool === tool)
          .flatMap(({ delivered }) => delivered ?? []);
        if (judged.length === 0) continue;
        const errors = judged.map(({ error }) => error);
        const worst = errors.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
        rows.push([
          NAMES[job],
          kind.toUpperCase(),
          TOOLS[tool],
          spreadText(spreadOf(judged.map(({ integrated }) => integrated)), 2),
          `${worst > 0 ? "+" : ""}${worst.toFixed(2)}`,
          Math.max(...judged.map(({ truePeak }) => truePeak)).toFixed(2),
        ]);
      }
    }
  }
  return {
    title: "What was delivered",
    onlyPrinted: true,
    about:
      "Measured by native ffmpeg on the written files of the first round: integrated loudness, median (least to most), the largest distance to the target, and the highest true peak. The ceiling is -1 dBTP.",
    head: ["job", "kind", "tool", "LUFS", "worst, LU", "dBTP"],
    rows,
  };
}

function phases({ samples }: Results): Table {
  const rows: string[][] = [];
  for (const job of JOBS) {
    for (const kind of KINDS) {
      const own = samples.filter(
        (sample) => sample.job === job && sample.kind === kind && sample.phases !== null,
      );
      if (own.length === 0) continue;
      const of = (seconds: (sample: Sample) => number) =>
        spreadOf(own.map((sample) => (seconds(sample) / sample.duration) * 60)).median.toFixed(3);
      rows.push([
        NAMES[job],
        kind.toUpperCase(),
        of(({ phases }) => phases!.measure),
        of(({ phases }) => phases!.render),
        of(({ phases }) => phases!.verify),
        of(({ phases }) => phases!.total),
        of(({ wall }) => wall),
        spreadOf(own.flatMap(({ passes }) => passes ?? [])).median.toFixed(1),
      ]);
    }
  }
  return {
    title: "LevelUp's phases",
    onlyPrinted: true,
    about:
      "Medians, seconds a minute of audio. Measured: the phases and the song inside the worker, and the song's share of its batch from the click to the end.",
    head: ["job", "kind", "measure", "render", "verify", "song", "batch", "encodes"],
    rows,
  };
}
