import { byPath } from "@/lib/files/walk";
import {
  entryThatCounts,
  type ReportedRun,
  type ReportFile,
  type ReportHead,
} from "./report-lines";

/** A report and where it was read. */
export interface NamedRun {
  readonly name: string;
  readonly run: ReportedRun;
}

export type MergeRefusal =
  | { readonly reason: "no-reports" }
  /** A report over everything among those of shards. */
  | { readonly reason: "not-a-shard"; readonly name: string }
  | { readonly reason: "counts-differ"; readonly counts: readonly number[] }
  | { readonly reason: "settings-differ"; readonly setting: string; readonly names: NamePair }
  | { readonly reason: "song-in-two-shards"; readonly path: string; readonly names: NamePair };

type NamePair = readonly [string, string];

export type Merged =
  | {
      readonly kind: "merged";
      readonly report: ReportHead & { readonly files: readonly ReportFile[] };
      /** Numbers of shards without a report. */
      readonly missing: readonly number[];
    }
  | ({ readonly kind: "refused" } & MergeRefusal);

/** Settings that say how a run works, not what comes out; machines may differ in them. */
const ofMachine = new Set(["enableParallelProcessing", "coreUse", "maxConcurrentJobs"]);

/**
 * Joins the reports of an archive's shards into one over all songs. A song that one shard did again
 * counts once, as the latest of its reports says. Refused are reports of which a person could not say
 * what the whole means: of other settings, of another count of shards, and a song in two shards. What
 * the head says of all songs (`target`, `albums`) is made anew from the songs.
 */
export function mergeReports(given: readonly NamedRun[]): Merged {
  const runs = given.toSorted((a, b) => compareTimes(a.run.head, b.run.head));
  const [first] = runs;
  if (first === undefined) return { kind: "refused", reason: "no-reports" };
  const refusal = refusalOf(runs);
  if (refusal !== null) return { kind: "refused", ...refusal };

  const entries = new Map<string, { readonly from: NamedRun; readonly file: ReportFile }>();
  for (const from of runs) {
    for (const file of from.run.files) {
      const known = entries.get(file.path);
      if (known && known.from.run.head.shard?.number !== from.run.head.shard?.number) {
        const names = [known.from.name, from.name] as const;
        return { kind: "refused", reason: "song-in-two-shards", path: file.path, names };
      }
      if (entryThatCounts(known?.file, file) === file) entries.set(file.path, { from, file });
    }
  }
  const heads = runs.map(({ run }) => run.head);
  const last = latestOfShards(heads);
  const chosen = [...entries.values()].sort((a, b) => byPath(a.file, b.file));
  const { files, albums } = withAlbums(chosen);
  const report = {
    ...(runs.at(-1) ?? first).run.head,
    startedAt: earliest(heads),
    // As long as a shard is on, or was killed, the whole is not finished.
    finishedAt: last.some(({ finishedAt }) => finishedAt === null) ? null : latest(heads),
    workers: sumOf(last.map(({ workers }) => workers)),
    shard: null,
    target: targetOf(files, heads),
    albums,
    leftOut: distinct(heads.flatMap(({ leftOut }) => leftOut)),
    beside: [
      ...new Map(heads.flatMap(({ beside }) => beside).map((each) => [each.path, each])).values(),
    ],
    files,
  };
  return { kind: "merged", report, missing: missingShards(heads) };
}

/** Older runs first; one that was killed is as old as its start. */
function compareTimes(a: ReportHead, b: ReportHead): number {
  const timeOf = ({ startedAt, finishedAt }: ReportHead) => finishedAt ?? startedAt ?? "";
  return timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0;
}

function refusalOf(runs: readonly NamedRun[]): MergeRefusal | null {
  const whole = runs.find(({ run }) => run.head.shard === null);
  if (whole !== undefined && runs.some(({ run }) => run.head.shard !== null)) {
    return { reason: "not-a-shard", name: whole.name };
  }
  const counts = [...new Set(runs.map(({ run }) => run.head.shard?.count ?? 1))];
  if (counts.length > 1) return { reason: "counts-differ", counts: counts.sort((a, b) => a - b) };
  const [first, ...others] = runs;
  for (const other of others) {
    const setting = differingSetting(first!.run.head.settings, other.run.head.settings);
    if (setting !== undefined) {
      return { reason: "settings-differ", setting, names: [first!.name, other.name] };
    }
  }
  return null;
}

/** The first setting in which two runs would deliver something else, if there is one. */
export const differingSetting = (
  a: ReportHead["settings"],
  b: ReportHead["settings"],
): string | undefined =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].find(
    (name) => !ofMachine.has(name) && JSON.stringify(a[name]) !== JSON.stringify(b[name]),
  );

/**
 * Each report counts its albums for itself. One that several shards have measured in parts is one, of
 * whose loudness and gain no part knows; nor of what would become of its songs.
 */
function withAlbums(chosen: readonly { readonly from: NamedRun; readonly file: ReportFile }[]) {
  const numbers = new Map<string, number>();
  const albums: ReportHead["albums"] = [];
  const torn = tornAlbums(chosen.map(({ from }) => from.run.head));
  const files = chosen.map(({ from, file }) => {
    const album = file.album === null ? undefined : from.run.head.albums[file.album];
    if (album === undefined) return { ...file, album: null };
    const whole = torn.get(album["key"]);
    const shard = whole ? null : from.run.head.shard?.number;
    const key = `${shard} ${JSON.stringify(whole ?? album)}`;
    let number = numbers.get(key);
    if (number === undefined) {
      number = albums.push(whole ?? album) - 1;
      numbers.set(key, number);
    }
    return { ...file, album: number, ...(whole && { planned: null }) };
  });
  return { files, albums };
}

/** By their keys, albums of which several shards have songs. */
function tornAlbums(heads: readonly ReportHead[]) {
  const parts = new Map<unknown, Map<number, ReportHead["albums"][number]>>();
  for (const { shard, albums } of new Set(heads)) {
    for (const album of albums) {
      const { key } = album;
      if (typeof key !== "string") continue;
      const byShard = parts.get(key) ?? new Map<number, typeof album>();
      parts.set(key, byShard.set(shard?.number ?? 0, album));
    }
  }
  return new Map(
    [...parts].flatMap(([key, byShard]) => {
      const [first, ...others] = byShard.values();
      if (first === undefined || others.length === 0) return [];
      const songs = sumOf([first, ...others].map((part) => Number(part["songs"])));
      const unknown = Object.keys(first).filter((name) => /(Lufs|Dbtp|Db)$/.test(name));
      const figures = Object.fromEntries(unknown.map((name) => [name, null]));
      return [[key, { ...first, ...figures, songs, heldBack: null }] as const];
    }),
  );
}

/**
 * As a run over all these songs says it. `reachable` is rounded down to tenths for each song already,
 * and the least of such figures is that of the least; reports without it for each song have it for
 * all of theirs. Spreads come from rounded figures, so they may differ by 0.01 LU.
 */
function targetOf(
  files: readonly ReportFile[],
  heads: readonly ReportHead[],
): ReportHead["target"] {
  const plans = files.filter(
    ({ status, planned, source }) => status !== "failed" && planned && source,
  );
  const known = plans.every(({ planned }) => planned?.reachableLufs !== undefined);
  const reachable = known
    ? plans.map(({ planned }) => planned?.reachableLufs ?? Infinity)
    : heads.map(({ target }) => target?.reachable ?? Infinity);
  const source = spreadOf(plans.map((file) => file.source?.integratedLufs));
  const planned = spreadOf(plans.map((file) => file.planned?.integratedLufs));
  const least = reachable.reduce((a, b) => Math.min(a, b), Infinity);
  return {
    reachable: Number.isFinite(least) ? least : null,
    heldBack: plans.filter((file) => file.planned?.heldBack).length,
    sourceSpreadLu: source,
    plannedSpreadLu: planned,
    widens: source !== null && planned !== null && planned > source + VISIBLE,
  };
}

/** LU; less of a difference shows in no figure. */
const VISIBLE = 0.05;

/** Between the quietest and the loudest; null for fewer than two. Silence has no loudness. */
function spreadOf(values: readonly (number | null | undefined)[]): number | null {
  const given = values.filter((value) => value != null);
  if (given.length < 2) return null;
  const [low, high] = given.reduce(
    ([a, b], c) => [Math.min(a, c), Math.max(b, c)],
    [Infinity, -Infinity],
  );
  return Number((high - low).toFixed(2));
}

const missingShards = (heads: readonly ReportHead[]): number[] => {
  const there = new Set(heads.map(({ shard }) => shard?.number ?? 1));
  const count = heads[0]?.shard?.count ?? 1;
  return Array.from({ length: count }, (_, index) => index + 1).filter((each) => !there.has(each));
};

/** The last of each shard's heads. */
const latestOfShards = (heads: readonly ReportHead[]): ReportHead[] => [
  ...new Map(heads.map((head) => [head.shard?.number ?? 1, head])).values(),
];

const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0);
const times = (given: readonly (string | null)[]) => given.filter((time) => time !== null).sort();
const earliest = (heads: readonly ReportHead[]) =>
  times(heads.map(({ startedAt }) => startedAt)).at(0) ?? null;
const latest = (heads: readonly ReportHead[]) =>
  times(heads.map(({ finishedAt }) => finishedAt)).at(-1) ?? null;

/** Every shard walks the whole archive, so all name what none of them takes. */
const distinct = (leftOut: ReportHead["leftOut"]): ReportHead["leftOut"] => [
  ...new Map(leftOut.map((each) => [`${each.reason}\n${each.name}`, each])).values(),
];

/** The sentence for a person. */
export function mergeRefusalText(refusal: MergeRefusal): string {
  switch (refusal.reason) {
    case "no-reports":
      return "There is no report in there (*.jsonl).";
    case "not-a-shard":
      return `${refusal.name} is the report of a run over everything, not of a shard.`;
    case "counts-differ":
      return `These are shards of different counts: ${refusal.counts.join(", ")}.`;
    case "settings-differ":
      return `${refusal.names.join(" and ")} were made with different settings (${refusal.setting}).`;
    case "song-in-two-shards":
      return `${refusal.path} is in ${refusal.names.join(" and in ")}, which are of different shards.`;
  }
}
