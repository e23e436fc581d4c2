import { interfaceTables } from "./interface-tables";
import { perMinute, ratios, TOOLS, type JobName, type Sample, type Tool } from "./jobs";
import { goalsOf, megabytes, type Results } from "./results";
import { KINDS, type Kind } from "./songs";
import { isQuiet, nativeSpeedUpOf, speedUpOf, ASKED, type ScalingRound } from "./scaling";
import { spreadOf, type Spread } from "./timing";

/** A table, for the terminal and for Markdown alike. */
export interface Table {
  readonly title: string;
  /** What a reader must know to read it right; Markdown. */
  readonly about: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const NAMES: Readonly<Record<JobName, string>> = {
  scan: "Scan",
  level: "Level to the same kind",
  batch: "Level eight MP3s in one batch",
  limit: "Level with the limiter at work",
  lossless: "Lossless",
};

export function tablesOf(results: Results): Table[] {
  return [
    goals(results),
    ...(["scan", "level", "batch", "limit", "lossless"] as const).map((job) =>
      jobTable(results, job),
    ),
    phases(results),
    ...start(results),
    ...memory(results),
    ...scaling(results),
    ...collection(results),
    ...(results.interfaceUse ? interfaceTables(results.interfaceUse) : []),
  ].filter(({ rows }) => rows.length > 0);
}

const goals = (results: Results): Table => ({
  title: "Goals",
  about: results.quick
    ? "A quick run on short excerpts: what a song costs whatever its length weighs too much. Not to be quoted."
    : "Medians of this run. Measured. Where the clock and the processor time disagree, the machine was busy and the clock means little.",
  head: ["what", "goal", "found", "by cpu", "met"],
  rows: goalsOf(results).map(({ what, goal, found, cpu, met }) => [
    what,
    goal,
    found,
    cpu,
    met === null ? "–" : met ? "yes" : "no",
  ]),
});

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
  return spread ? `${spreadText(spread, 2)}` : "";
}

function phases({ samples }: Results): Table {
  const rows: string[][] = [];
  for (const job of ["scan", "level", "batch", "limit", "lossless"] as const) {
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
    about:
      "Medians, seconds a minute of audio. Measured: the phases and the song inside the worker, and the song's share of its batch from the click to the end.",
    head: ["job", "kind", "measure", "render", "verify", "song", "batch", "encodes"],
    rows,
  };
}

function start({ visits }: Results): Table[] {
  if (!visits) return [];
  const row = (name: string, visit: (typeof visits)["cold"]) => [
    name,
    visit.usable.toFixed(2),
    visit.engineReady.toFixed(2),
    visit.firstSong.toFixed(2),
    megabytes(visit.bytesBefore),
    megabytes(visit.bytes),
    megabytes(visit.engineBytes),
  ];
  return [
    {
      title: "Start-up and bytes on the wire",
      about:
        "Measured: seconds since the navigation began, on all cores, from a server on the same machine; songs are dropped as soon as the page answers, and Start is pressed at once. Bytes are counted at the server, with headers and with what the service worker fetches.",
      head: [
        "visit",
        "page usable",
        "engine ready",
        "first song runs",
        "bytes before it",
        "bytes in all",
        "of the engine",
      ],
      rows: [row("first (new profile)", visits.cold), row("second", visits.warm)],
    },
  ];
}

function memory({ memory: found }: Results): Table[] {
  if (!found) return [];
  const { empty, idle, peaks, after } = found;
  return [
    {
      title: "Memory",
      about:
        "Measured: proportional set size of the browser's renderers, looked at ten times a second, while 4-minute MP3s are leveled. MB of 10^6 bytes.",
      head: ["state", "MB", "a worker"],
      rows: [
        ["empty page", empty.toFixed(0), ""],
        ["idle page: songs listed, engine ready, a worker waiting", idle.toFixed(0), ""],
        ...peaks.map(({ workers, peak }) => [
          `highest with ${workers} ${workers === 1 ? "worker" : "workers"}, over idle`,
          peak.toFixed(0),
          (peak / workers).toFixed(0),
        ]),
        ["after the batches, over idle", after.toFixed(0), ""],
      ],
    },
  ];
}

function scaling({ scaling: found, collection: rows }: Results): Table[] {
  if (!found) return [];
  const { inputs } = found;
  const input = (name: string, value: string, how = "measured") => [name, value, how];
  const check = rows.find(({ cores }) => cores === 0);
  const quiet = found.rounds.filter(isQuiet);
  const row = (
    name: string,
    of: (round: ScalingRound) => number,
    digits: number,
    simulated = "",
  ) => [
    name,
    spreadText(spreadOf(found.rounds.map(of)), digits),
    quiet.length === 0 ? "–" : spreadText(spreadOf(quiet.map(of)), digits),
    simulated,
  ];
  return [
    {
      title: "Workers",
      about: `Measured: ${found.lengths.length} MP3s of two minutes in one batch, in turn, in ${found.rounds.length} rounds. One worker shares its core with all of the browser, on the first core and on the second, which need not be equally fast; the speed-up is over the mean of what the two do. Right before a round and right after it native ffmpeg transcodes on each core alone and on both at once: what the machine's cores give at all. The right column is of the ${quiet.length} rounds in which that was ${ASKED} or more both times. The model plays the same batch with the inputs below.`,
      head: ["workers", "all rounds", "rounds with two whole cores", "simulated"],
      rows: [
        row("1, on the first core, seconds", ({ one }) => one[0], 1, check?.apart.toFixed(1)),
        row("1, on the second core, seconds", ({ one }) => one[1], 1),
        row("2, on both cores, seconds", ({ two }) => two, 1, check?.shared.toFixed(1)),
        row("speed-up", speedUpOf, 2, check && (check.apart / check.shared).toFixed(2)),
        row("speed-up of native ffmpeg", (round) => spreadOf(nativeSpeedUpOf(round)).median, 2),
      ],
    },
    {
      title: "Inputs of the model",
      about:
        "Of the batches above and of this machine. What moves in memory is an estimate: the passes over a song's samples counted in the source, and doubled for what the codecs do inside.",
      head: ["input", "value", "how"],
      rows: [
        input("compute of a minute of audio", `${(inputs.computePerSecond * 60).toFixed(3)} s`),
        input("a song, whatever its length", `${(inputs.perSong * 1000).toFixed(0)} ms`),
        input("between two songs of a worker", `${(inputs.handover * 1000).toFixed(0)} ms`),
        input(
          "busy time of the page's own thread, a song",
          `${(inputs.pagePerSong * 1000).toFixed(0)} ms`,
        ),
        input("read, and written, a minute of audio", megabytes(inputs.bytesPerSecond * 60)),
        input("disk", `${(inputs.diskBandwidth / 1e6).toFixed(0)} MB/s, one for all`),
        input(
          "moved in memory, a minute of audio",
          megabytes(inputs.memoryPerSecond * 60),
          "estimated",
        ),
        input("memory", `${(inputs.memoryBandwidth / 1e9).toFixed(1)} GB/s, one for all`),
        input("slowed down by a second worker", `${(inputs.contention * 100).toFixed(1)} %`),
      ],
    },
  ];
}

const collection = ({ collection: rows }: Results): Table[] => [
  {
    title: "500 songs of 4 minutes",
    about:
      "**Simulated**, not measured: the model above with more cores of this kind. The lengths are those of all 41 songs of the package, drawn 500 times and scaled to a mean of 4 minutes; MP3 320 with verification. *Apart*: workers do not slow each other down. *Shared*: each further worker slows all of them by as much as the second one did here.",
    head: ["cores", "workers", "minutes, apart", "minutes, shared"],
    rows: rows
      .filter(({ cores }) => cores > 0)
      .map(({ cores, workers, apart, shared }) => [
        String(cores),
        String(workers),
        apart.toFixed(1),
        shared.toFixed(1),
      ]),
  },
];

export const spreadText = ({ median, least, most, count }: Spread, digits: number): string =>
  count < 2
    ? median.toFixed(digits)
    : `${median.toFixed(digits)} (${least.toFixed(digits)} to ${most.toFixed(digits)})`;

export function markdown(table: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = line(table.head.map(() => "---"));
  return [
    `### ${table.title}`,
    "",
    table.about,
    "",
    line(table.head),
    rule,
    ...table.rows.map(line),
  ].join("\n");
}

export function terminal(table: Table): string {
  const all = [table.head, ...table.rows];
  const widths = table.head.map((_, column) =>
    Math.max(...all.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [`\n${table.title}`, ...all.map(line)].join("\n");
}
