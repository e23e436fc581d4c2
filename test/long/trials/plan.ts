// `npm run test:long -- plan`: whole songs of every kind, at two targets, planned, leveled and judged
// by native ffmpeg, as many kinds at once as there are cores. The table goes into docs/limiter.md.
// Takes some hours on one core.
import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { writeInto } from "../../../scripts/support/document";
import {
  planAndDelivery,
  planRow,
  songNames,
  CEILING,
  type PlanAndDelivery,
} from "../../support/plan-and-delivery";

const TARGETS = [-14, -11];
const kinds = [
  ...["AAC 128", "Vorbis q5", "MP3 128", "Opus 128"],
  ...["AAC 256", "MP3 320", "FLAC", "WAV"],
];

const isNear = ({ planned, delivered }: PlanAndDelivery, lu: number) =>
  Math.abs(planned - delivered) <= lu;
const isUnderCeiling = ({ peak }: PlanAndDelivery) => peak <= CEILING + 0.1;

async function ofKind(kind: string): Promise<PlanAndDelivery[]> {
  const results: PlanAndDelivery[] = [];
  for (const name of songNames()) {
    for (const result of await planAndDelivery({ name, kind }, TARGETS)) {
      results.push(result);
      if (isNear(result, 0.1) && isUnderCeiling(result)) continue;
      const { song, planned, delivered, peak, passes, shortfall } = result;
      console.log(
        song,
        planned.toFixed(2),
        delivered.toFixed(2),
        peak.toFixed(2),
        passes,
        shortfall,
      );
    }
  }
  return results;
}

const inChild = (kind: string) =>
  new Promise<PlanAndDelivery[]>((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), [kind]);
    child.once("message", (results) => resolve(results as PlanAndDelivery[]));
    child.once("exit", (code) => reject(new Error(`${kind}: the child ended with ${code}`)));
  });

async function all(): Promise<void> {
  const found = new Map<string, PlanAndDelivery[]>();
  const left = [...kinds];
  const lane = async () => {
    for (let kind = left.shift(); kind !== undefined; kind = left.shift()) {
      found.set(kind, await inChild(kind));
      console.log(planRow(kind, found.get(kind)!));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  const results = [...found.values()].flat();
  const near = results.filter((result) => isNear(result, 0.1)).length;
  const rows = kinds.map((kind) => planRow(kind, found.get(kind)!));
  writeInto(
    "docs/limiter.md",
    "plan against delivery",
    [
      "|     | within 0.1 LU of the plan | furthest, LU | highest peak, dBTP | encodes: median, 90th percentile |",
      "| --- | --- | --- | --- | --- |",
      ...rows,
      planRow("all", results),
    ].join("\n"),
  );
  const right =
    results.every((result) => isNear(result, 0.2) && isUnderCeiling(result)) &&
    near >= 0.99 * results.length;
  process.exitCode = right ? 0 : 1;
}

const [kind] = process.argv.slice(2);
if (kind === undefined) await all();
else process.send!(await ofKind(kind));
