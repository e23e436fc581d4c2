// `npm run test:long -- plan`: whole songs of every kind, at two targets, planned, leveled and judged
// by native ffmpeg. The table goes into docs/limiter.md. Takes some hours on one core.
import { writeInto } from "../../../scripts/support/document";
import {
  KINDS,
  planAndDelivery,
  planRow,
  songNames,
  CEILING,
} from "../../support/plan-and-delivery";

const TARGETS = [-14, -11];

const rows: string[] = [];
let right = true;
for (const kind of Object.keys(KINDS)) {
  const results = [];
  for (const name of songNames()) results.push(...(await planAndDelivery({ name, kind }, TARGETS)));
  for (const { song, planned, delivered, peak, passes, shortfall } of results) {
    if (Math.abs(planned - delivered) <= 0.1 && peak <= CEILING + 0.1) continue;
    console.log(song, planned.toFixed(2), delivered.toFixed(2), peak.toFixed(2), passes, shortfall);
  }
  const away = results.map(({ planned, delivered }) => Math.abs(planned - delivered));
  right &&= Math.max(...away) <= 0.2 && results.every(({ peak }) => peak <= CEILING + 0.1);
  right &&= away.filter((each) => each > 0.1).length <= results.length / 100;
  rows.push(planRow(kind, results));
  console.log(rows.at(-1));
}
writeInto(
  "docs/limiter.md",
  "plan against delivery",
  [
    "|     | within 0.1 LU of the plan | furthest, LU | highest peak, dBTP | encodes: median, 90th percentile |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n"),
);
process.exitCode = right ? 0 : 1;
