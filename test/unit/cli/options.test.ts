import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readOptions } from "../../../cli/options";

const standing = mkdtempSync(path.join(os.tmpdir(), "levelup-options-"));
mkdirSync(path.join(standing, "music/sub"), { recursive: true });
writeFileSync(path.join(standing, "song.mp3"), "");
afterAll(() => {
  rmSync(standing, { recursive: true });
});

const read = (line: string) => readOptions(line.split(" ").filter(Boolean), standing);
const settingsOf = (line: string) => {
  const options = read(line);
  if (options.kind !== "level") throw new Error(`${line} is refused: ${JSON.stringify(options)}`);
  return options.settings;
};

describe("the command line of npm run level", () => {
  test("a folder alone asks for nothing but the page's own settings, written to Leveled", () => {
    expect(read("music")).toEqual({
      kind: "level",
      inputs: [path.join(standing, "music")],
      out: null,
      report: null,
      log: null,
      measure: false,
      settings: {},
    });
  });

  test("a negative number is a value, joined by = or not", () => {
    const wanted = { "Target loudness (LUFS)": -16.5, "True-peak ceiling (dBTP)": -2 };
    expect(settingsOf("music --target -16.5 --ceiling=-2")).toEqual(wanted);
    expect(settingsOf("--target=-16.5 --ceiling -2 music")).toEqual(wanted);
  });

  test("choices become the words on the page's controls", () => {
    expect(
      settingsOf("music --format m4a --by album --peaks dynamic --save-to replace --one-pass"),
    ).toEqual({
      "Output format": "AAC (M4A)",
      "Level by": "Album",
      "When peaks are too high": "Dynamic",
      "Save to": "Replace originals",
      "Two-pass normalization": false,
    });
  });

  test("paths are meant from where the person stands", () => {
    const options = read("music --out elsewhere --report r.json");
    expect(options).toMatchObject({
      out: path.join(standing, "elsewhere"),
      report: path.join(standing, "r.json"),
      settings: { "Save to": "Another folder" },
    });
  });

  test.each([
    ["", "Which folder?"],
    ["nowhere", "There is no"],
    ["music --target loud", "--target takes a number from -70 to -5"],
    ["music --target 0", "--target takes a number"],
    ["music --workers 1.5", "whole number"],
    ["music --format toString", "--format takes same, mp3"],
    ["music --volume 11", "--volume"],
    ["music --out music/sub", "lies inside"],
    ["music --out music", "lies inside"],
    ["music --out elsewhere --save-to replace", "exclude each other"],
    ["song.mp3", "Single files need --out"],
  ])("%j is refused with the reason", (line, reason) => {
    expect(read(line)).toEqual({
      kind: "wrong",
      message: expect.stringContaining(reason) as string,
    });
  });

  test("a folder beside whose name begins alike is not inside", () => {
    expect(read("music --out music-leveled")).toMatchObject({ kind: "level" });
  });
});
