import type { InterfaceUse } from "../page/interface";
import type { Judged } from "../race/judge";
import type { Racer } from "../race/racers";
import type { Race } from "../race/race";
import type { Results } from "../results";
import type { Kind } from "../songs";
import { ratios, type JobName, type Tool } from "../speed/samples";
import { spreadOf, type Spread } from "../spread";
import { ASKED, countedRounds, isQuiet, speedUpOf, type Scaling } from "../workers/scaling";
import { MOST_MILLISECONDS, MOST_SHARE, shareOf, worstOf } from "./interface-tables";
import { raceRatio } from "./race-tables";
import { megabytes, type Table } from "./table";

/** One of the figures that the project wants to show. */
interface Goal {
  readonly what: string;
  readonly goal: string;
  readonly found: string;
  /** The same ratio of processor time; it stays right on a busy machine, where the clock does not. */
  readonly cpu: string;
  /** By the clock. Null where it was not measured in this run. */
  readonly met: boolean | null;
}

function goalsOf(results: Results): Goal[] {
  const { samples, visits, memory, scaling, interfaceUse } = results;
  const ratio = (what: string, job: JobName, kind: Kind, tool: Tool, most: number): Goal => {
    const found = ratios(samples, job, kind, tool, "wall");
    const cpu = ratios(samples, job, kind, tool, "cpu");
    const text = (value: number) => `${value.toFixed(2)}×`;
    return { ...atMost(what, found, most, text), cpu: cpu ? text(cpu.median) : "" };
  };
  // Two readings of "idle page": the engine is shared by all workers, but it is memory all the same.
  const overIdle = memory?.peaks.map(({ workers, peak }) => peak / workers) ?? [];
  const overEmpty = (memory?.peaks ?? []).map(
    ({ workers, peak }) => (peak + memory!.idle - memory!.empty) / workers,
  );
  const memoryGoal = (what: string, found: readonly number[]): Goal => ({
    what,
    cpu: "",
    goal: "≤ 150 MB",
    found: memory ? `${found.map((each) => each.toFixed(0)).join(" and ")} MB` : "not measured",
    met: memory && Math.max(...found) <= 150,
  });
  return [
    ...raceGoals(results.race),
    ratio("Scan of MP3s, over loudgain", "scan", "mp3", "loudgain", 0.8),
    ratio("MP3 320 to MP3 320, over ffmpeg-normalize", "level", "mp3", "loudnorm", 0.6),
    ratio("FLAC to FLAC, over ffmpeg-normalize", "level", "flac", "loudnorm", 0.55),
    ratio("MP3 with verification, over the floor, eight songs", "batch", "mp3", "floor", 1.3),
    ratio("Lossless MP3, over ffmpeg-normalize", "lossless", "mp3", "loudnorm", 0.12),
    scalingGoal(scaling),
    {
      what: "On the wire before the first song, first visit",
      cpu: "",
      goal: "≤ 10.8 MB",
      found: visits ? megabytes(visits.cold.bytesBefore) : "not measured",
      met: visits && visits.cold.bytesBefore <= 10.8e6,
    },
    {
      what: "Of the engine on the wire, second visit",
      cpu: "",
      goal: "0 bytes",
      found: visits ? `${visits.warm.engineBytes} bytes` : "not measured",
      met: visits && visits.warm.engineBytes === 0,
    },
    memoryGoal("A worker's memory, 1 and 2 workers, over the page with the engine ready", overIdle),
    memoryGoal("The same over the empty page, engine included", overEmpty),
    ...interfaceGoals(interfaceUse),
  ];
}

function raceGoals(race: Race | null): Goal[] {
  const goal = (what: string, racer: Racer, cores: 1 | 2, most: number): Goal => {
    const text = (value: number) => `${value.toFixed(2)}×`;
    const found = race && raceRatio(race, racer, cores, "wall");
    const cpu = race && raceRatio(race, racer, cores, "cpu");
    return { ...atMost(what, found, most, text), cpu: cpu ? text(cpu.median) : "" };
  };
  const rivals = Object.entries(race?.judged ?? {}).filter(([racer]) => racer !== "levelup");
  const ours = race?.judged.levelup;
  const faults = ({ over, tagsLost, coversLost }: Judged) => over + tagsLost + coversLost;
  const leads = ours
    ? rivals.every(([, each]) => each.right <= ours.right && faults(each) >= faults(ours))
    : null;
  return [
    goal("Folder on two cores, over ffmpeg-normalize", "loudnorm", 2, 0.3),
    goal("Folder on one core, over ffmpeg-normalize", "loudnorm", 1, 0.3),
    goal("Folder on two cores, over the fastest native way", "volume", 2, 0.8),
    goal("Folder on one core, over the fastest native way", "volume", 1, 0.8),
    {
      what: "Folder: most songs right, fewest faults (over the ceiling, tags, covers)",
      ...{ goal: "of all", cpu: "", met: leads },
      found: ours ? `${ours.right} right, ${faults(ours)} faults` : "not measured",
    },
  ];
}

function scalingGoal(scaling: Scaling | null): Goal {
  const goal = { what: "Two workers on two cores, over one on one", cpu: "", goal: `≥ ${ASKED}×` };
  if (!scaling) return { ...goal, found: "not measured", met: null };
  const counted = countedRounds(scaling);
  const { median } = spreadOf(counted.map(speedUpOf));
  const busy = counted.some(isQuiet) ? "" : ", on a busy host";
  return { ...goal, found: `${median.toFixed(2)}×${busy}`, met: median >= ASKED };
}

function interfaceGoals(use: InterfaceUse | null): Goal[] {
  const slowest = use && worstOf([...use.still, ...use.running]);
  const share = use && shareOf(use);
  const rows = (use?.rows ?? 10_000).toLocaleString("en");
  return [
    {
      what: `Slowest interaction with ${rows} measured rows, a batch running or not`,
      cpu: "",
      goal: `< ${MOST_MILLISECONDS} ms`,
      found: slowest === null ? "not measured" : `${slowest.toFixed(0)} ms`,
      met: slowest === null ? null : slowest < MOST_MILLISECONDS,
    },
    {
      what: "The interface's share of a batch's processor time",
      cpu: "",
      goal: `≤ ${MOST_SHARE * 100} %`,
      found: share === null ? "not measured" : `${(share * 100).toFixed(2)} %`,
      met: share === null ? null : share <= MOST_SHARE,
    },
  ];
}

function atMost(
  what: string,
  found: Spread | null,
  most: number,
  text: (value: number) => string,
): Goal {
  return {
    what,
    cpu: "",
    goal: `≤ ${text(most)}`,
    found: found ? text(found.median) : "not measured",
    met: found && found.median <= most,
  };
}

export const goalsTable = (results: Results): Table => ({
  title: "Goals",
  about: results.quick
    ? "A quick run on short excerpts: what a song costs whatever its length weighs too much. Not to be quoted."
    : "Medians of this run. Measured. Where the clock and the processor time disagree, the machine was busy and the clock means little.",
  head: ["what", "goal", "found", "by cpu", "met"],
  rows: goalsOf(results)
    // Of a run of one part only what it is about.
    .filter(({ met }) => results.part === null || met !== null)
    .map(({ what, goal, found, cpu, met }) => [
      what,
      goal,
      found,
      cpu,
      met === null ? "–" : met ? "yes" : "no",
    ]),
});
