/** Surround that a format cannot name as it is, leveled as the worker does it, named by ffprobe. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { OutputFormat } from "@/lib/settings/settings";
import { leveled } from "../support/leveled";

const folder = mkdtempSync(join(tmpdir(), "layouts-"));
const path = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ffmpeg = (...args: string[]) =>
  execFileSync("ffmpeg", ["-nostdin", "-v", "error", "-y", ...args], { maxBuffer: 1 << 26 });
/** A tone of its own in each channel. */
const tones = (count: number) =>
  Array.from({ length: count }, (_, i) => `0.1*sin(2*PI*${300 + 100 * i}*t)`).join("|");
const sources: ReadonlyArray<readonly [string, string, number]> = [
  ["side.ac3", "5.1(side)", 6],
  ["side.wav", "5.1(side)", 6],
  ["quad.wav", "quad(side)", 4],
  ["low.wav", "3.1", 4],
  ["six.wav", "hexagonal", 6],
];

beforeAll(() => {
  for (const [name, layout, count] of sources) {
    const graph = `aevalsrc=${tones(count)}:c=${layout}:s=48000:d=3`;
    ffmpeg("-f", "lavfi", "-i", graph, path(name));
  }
});

const wanted: ReadonlyArray<readonly [string, OutputFormat, string]> = [
  ["side.ac3", "m4a", "5.1"],
  ["side.ac3", "opus", "5.1"],
  ["side.ac3", "ogg", "5.1"],
  ["side.ac3", "mp3", "stereo"],
  ["side.wav", "flac", "5.1(side)"],
  ["side.wav", "wav", "5.1(side)"],
  ["quad.wav", "opus", "quad"],
  ["low.wav", "m4a", "5.1"],
  ["six.wav", "opus", "7.1"],
];

test.each(wanted)("%s to %s is %s, and the row says so", async (source, format, layout) => {
  const [, before] = sources.find(([name]) => name === source)!;
  const bytes = new Uint8Array(readFileSync(path(source)));
  const { file, extension, row } = await leveled(bytes, source, format);
  const result = path(`${source}-${format}.${extension}`);
  writeFileSync(result, file);
  const entry = ["-show_entries", "stream=channel_layout", "-of", "csv=p=0", result];
  expect(execFileSync("ffprobe", ["-v", "error", ...entry], { encoding: "utf8" }).trim()).toBe(
    layout,
  );
  ffmpeg("-xerror", "-i", result, "-f", "wav", path("played.wav"));
  if (layout === before) expect(row).toBeNull();
  else expect(row).toMatch(new RegExp(`^Its channels, .*\\b${layout.replaceAll(".", "\\.")}\\b`));
  if (!["5.1", "quad"].includes(layout)) return;
  // Called by another name, every channel is where it was.
  const count = layout === "quad" ? 4 : 6;
  if (source === "low.wav") return;
  for (let channel = 0; channel < count; channel++) {
    const [tone, all] = [300 + 100 * channel, "0"].map((frequency) =>
      levelOf(result, channel, Number(frequency)),
    );
    // LFE of a lossy codec may be low-passed below its tone.
    if (channel !== 3 || count !== 6) expect(tone).toBeGreaterThan(all! - 1);
  }
});

/** dB of one channel, around a frequency; all of it for 0. */
function levelOf(file: string, channel: number, frequency: number): number {
  const band = frequency === 0 ? "" : `,bandpass=f=${frequency}:width_type=h:w=30`;
  const filter = `pan=mono|c0=c${channel}${band},astats=metadata=1:reset=0,ametadata=print:key=lavfi.astats.Overall.RMS_level:file=-`;
  const said = execFileSync(
    "ffmpeg",
    ["-nostdin", "-v", "error", "-i", file, "-af", filter, "-f", "null", "-"],
    { encoding: "utf8", maxBuffer: 1 << 26 },
  );
  return Number(/RMS_level=(\S+)\s*$/.exec(said)?.[1]);
}
