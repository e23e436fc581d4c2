import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { kWeighting } from "@/lib/kernel/k-weighting";
import { RATES, passes, readings, type Reading } from "./conformance-cases";
import { loadKernel } from "./kernel";

const document = fileURLToPath(new URL("../../../docs/compliance.md", import.meta.url));
const kernel = loadKernel();
const all = RATES.flatMap((rate) =>
  readings(kernel, rate).map((reading) => ({ rate, ...reading })),
);

describe.each(["EBU Tech 3341", "EBU Tech 3342", "ITU-R BS.2217"])("%s", (source) => {
  const cases = all.filter((reading) => reading.source === source);
  test.each(cases)("$name, $quantity, $rate Hz", (reading) => {
    const { measured, expected, tolerance } = reading;
    expect(
      passes(reading),
      `measured ${measured}, expected ${expected} -${tolerance[0]} +${tolerance[1]}`,
    ).toBe(true);
  });
});

test("the filters at 48 kHz are those that BS.1770-5 Annex 1 tabulates", () => {
  const { shelf, highPass } = kWeighting(48_000);
  const expected = [
    [1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585],
    [1, -2, 1, -1.99004745483398, 0.99007225036621],
  ];
  [shelf, highPass].forEach(({ b, a }, i) => {
    [...b, ...a].forEach((value, k) => expect(value).toBeCloseTo(expected[i]?.[k] ?? NaN, 12));
  });
});

test("docs/compliance.md tells the present readings", () => {
  const current = render(all);
  if (process.env["WRITE_DOCS"] === "1") writeFileSync(document, current);
  expect(existsSync(document), "make it with WRITE_DOCS=1").toBe(true);
  const committed = readFileSync(document, "utf8").split("\n");
  const lines = current.split("\n");
  expect(committed).toHaveLength(lines.length);
  lines.forEach((line, i) => {
    // Other processors may round the last digit another way.
    const [want, have] = [line.split(/\s*\|\s*/), (committed[i] ?? "").split(/\s*\|\s*/)];
    want.forEach((cell, k) => {
      const [a, b] = [Number(cell), Number(have[k])];
      if (Number.isFinite(a) && Number.isFinite(b)) expect(Math.abs(a - b)).toBeLessThan(0.0025);
      else expect(have[k]).toBe(cell);
    });
  });
});

function render(list: readonly (Reading & { rate: number })[]): string {
  const missed = list.filter((reading) => !passes(reading)).length;
  const number = (value: number) => (Number.isFinite(value) ? value.toFixed(3) : "-inf");
  const rows = list.map((reading) => {
    const { source, name, quantity, rate, expected, measured, tolerance } = reading;
    const [below, above] = tolerance;
    const allowed = below === above ? `±${below}` : `+${above} -${below}`;
    const cells = [source, name, quantity, rate, number(expected), number(measured), allowed];
    return `| ${[...cells, passes(reading) ? "pass" : "**missed**"].join(" | ")} |`;
  });
  return [
    "# Compliance of the meter",
    "",
    "Made by `WRITE_DOCS=1 npx vitest run --project engine test/engine/kernel/conformance.test.ts`; a",
    "test fails when it no longer tells the truth.",
    "",
    "Every signal is synthesised from the description in its source: EBU Tech 3341 cases 1 to 6 and",
    "9 to 23, EBU Tech 3342 cases 1 to 4, and the sine cases of ITU-R BS.2217. The cases that are",
    "recordings (3341 cases 7 and 8, 3342 cases 5 and 6, the programmes of BS.2217) are not here.",
    "The tolerances are ours; those of the sources are wider (±0.1 LU, ±1 LU for the range, +0.2",
    "-0.4 dB for true peak). Units: LUFS, LU for the range, dBTP for true peaks.",
    "",
    `${list.length} readings, ${list.length - missed} pass, ${missed} missed.`,
    "",
    "| source | case | quantity | rate | expected | measured | tolerance | |",
    "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}
