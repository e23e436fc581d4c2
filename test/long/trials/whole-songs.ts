// `npm run test:long -- whole-songs`: the songs of `wesnoth-1.16-music` by native tools in every kind,
// 20 s of each and three as a whole; none may be called damaged.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { complaintsOfWhole, kinds, songsOfOthers } from "../../support/whole-songs";

const folder = mkdtempSync(join(tmpdir(), "whole-"));
const songs = songsOfOthers();
const runs = [
  ...songs.map((song) => [song, 20] as const),
  ...songs.slice(0, 3).map((song) => [song, null] as const),
];
const complaints: string[] = [];
for (const [song, seconds] of runs) {
  complaints.push(...(await complaintsOfWhole(song, seconds, folder)));
  console.log(`${song}, ${seconds ?? "all of its"} s: ${complaints.length} called damaged so far`);
}
rmSync(folder, { recursive: true });
console.log(complaints.join("\n"));
console.log(`${runs.length * kinds.length} files, ${complaints.length} called damaged`);
process.exitCode = complaints.length === 0 ? 0 : 1;
