import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Report, ReportedFile } from "../../cli/in-browser/report";
import { measureLoudness, type Loudness } from "../../scripts/samples/loudness";
import { expect } from "./test";

export interface Asked {
  readonly target: number;
  readonly ceiling: number;
  readonly accuracy: number;
}

const defaults: Asked = { target: -14, ceiling: -1, accuracy: 0.2 };

/**
 * Judges delivered bytes by ffmpeg's own meter, which has no part in making them: at the target
 * (or marked as held back by peaks), under the ceiling, and as the report says.
 */
export async function expectDelivered(
  bytes: Uint8Array,
  file: ReportedFile,
  asked: Asked = defaults,
): Promise<Loudness> {
  const found = await measureLoudness(bytes);
  // A tenth of a decibel is how far true-peak meters of different make lie apart.
  expect(found.truePeak, `${file.path}: true peak`).toBeLessThanOrEqual(asked.ceiling + 0.1);
  if (file.reason === "held-back-by-peaks") {
    expect(found.integrated, `${file.path}: held back`).toBeLessThan(asked.target);
    expect(file.message, file.path).not.toBeNull();
  } else {
    const error = Math.abs(found.integrated - asked.target);
    expect(error, `${file.path}: ${found.integrated} LUFS`).toBeLessThanOrEqual(asked.accuracy);
  }
  if (file.result !== null && Number.isFinite(found.integrated)) {
    expect(file.result.integratedLufs, file.path).toBeCloseTo(found.integrated, 1);
    expect(
      Math.abs((file.result.truePeakDbtp ?? NaN) - found.truePeak),
      `${file.path}: reported ${file.result.truePeakDbtp}, found ${found.truePeak} dBTP`,
    ).toBeLessThanOrEqual(0.3);
  }
  return found;
}

/** Judges every leveled file of a report on disk below `folder`. Gives how many there were. */
export async function expectAllDelivered(
  report: Report,
  folder: string,
  asked: Asked = defaults,
): Promise<number> {
  const leveled = report.files.filter(({ status }) => status === "leveled");
  for (const file of leveled) {
    await expectDelivered(await readFile(path.join(folder, file.output ?? "")), file, asked);
  }
  return leveled.length;
}
