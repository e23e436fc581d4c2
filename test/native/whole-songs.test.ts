/** No whole song is called damaged, whoever encoded it. All 41: `npm run test:long -- whole-songs`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { complaintsOfWhole } from "../support/whole-songs";

const folder = mkdtempSync(join(tmpdir(), "whole-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ["battle.ogg", 6],
  ["love_theme.ogg", 11.3],
])("%s in every kind", async (song, seconds) => {
  expect(await complaintsOfWhole(song, seconds, folder)).toEqual([]);
});
