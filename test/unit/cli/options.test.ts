import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import fc from "fast-check";
import { changeOf } from "@/lib/settings/presets";
import { defaultSettings, type SettingName } from "@/lib/settings/settings";
import { offeredBy, parsedOptions, settingFlags } from "../../../cli/flags";
import { controlsOf } from "../../../cli/in-browser/controls";
import { readOptions } from "../../../cli/options";
import { anyValueOf } from "../../support/any-setting";

const standing = mkdtempSync(path.join(os.tmpdir(), "levelup-options-"));
mkdirSync(path.join(standing, "music/sub"), { recursive: true });
writeFileSync(path.join(standing, "song.mp3"), "");
afterAll(() => {
  rmSync(standing, { recursive: true });
});

const read = (line: string) =>
  readOptions(line.split(" ").filter(Boolean), standing, "levelup", {});
const settingsOf = (line: string) => {
  const options = read(line);
  if (options.kind !== "level") throw new Error(`${line} is refused: ${JSON.stringify(options)}`);
  return options.settings;
};

describe("the command line of npm run level", () => {
  test("a folder alone asks for nothing but the defaults, written to Leveled", () => {
    expect(read("music")).toEqual({
      kind: "level",
      inputs: [path.join(standing, "music")],
      out: null,
      report: null,
      log: null,
      task: "level",
      json: false,
      keepTimes: false,
      samples: false,
      inBrowser: false,
      shard: null,
      measured: null,
      settings: {},
    });
  });

  test("--shard goes with leveling and measuring; a task of an array job is refused elsewhere", () => {
    const shardOf = (line: string, environment = {}) => {
      const options = readOptions(line.split(" "), standing, "levelup", environment);
      return options.kind === "level" ? options.shard : options;
    };
    const third = { number: 3, count: 40 };
    for (const task of ["", " --measure", " --dry-run", " --save-to replace"]) {
      expect(shardOf(`music --shard 3/40${task}`), task).toEqual(third);
    }
    const pod = { JOB_COMPLETION_INDEX: "2", LEVELUP_SHARDS: "40" };
    expect(shardOf("music", pod)).toEqual(third);
    expect(shardOf("music --shard 1/1", pod)).toEqual({ number: 1, count: 1 });
    for (const other of ["--undo", "--restore", "--in-browser"]) {
      expect(shardOf(`music ${other}`, pod), other).toMatchObject({ kind: "wrong" });
      expect(shardOf(`music ${other} --shard 3/40`), other).toMatchObject({ kind: "wrong" });
      expect(shardOf(`music ${other} --shard 1/1`, pod), other).toBe(null);
    }
    for (const [line, environment, message] of [
      ["music --shard 0/4", {}, /counts from 1/],
      ["music --shard four", {}, /a number and a count/],
      ["music", { JOB_COMPLETION_INDEX: "2" }, /LEVELUP_SHARDS is not set/],
      ["music --by album --measured all.json", {}, /goes with --shard and --by album/],
      ["music --shard 1/4 --measured all.json", {}, /goes with --shard and --by album/],
    ] as const) {
      expect(shardOf(line, environment)).toMatchObject({
        kind: "wrong",
        message: expect.stringMatching(message) as string,
      });
    }
  });

  test("--undo works in place and nowhere else", () => {
    expect(settingsOf("music --undo")).toEqual({ saveTo: "replace" });
    expect(settingsOf("music --undo --save-to replace")).toEqual({ saveTo: "replace" });
    for (const other of ["--out elsewhere", "--measure", "--save-to leveled"]) {
      expect(read(`music --undo ${other}`).kind, other).toBe("wrong");
    }
  });

  test("--lossless is --reencoding never", () => {
    expect(settingsOf("music --lossless")).toEqual({ reencoding: "never" });
    expect(settingsOf("music --lossless --reencoding never")).toEqual({ reencoding: "never" });
    expect(settingsOf("music --reencoding always")).toEqual({ reencoding: "always" });
    expect(read("music --lossless --reencoding always").kind).toBe("wrong");
  });

  test("a negative number is a value, joined by = or not", () => {
    const wanted = { targetLoudness: -16.5, truePeakCeiling: -2, preset: "custom" };
    expect(settingsOf("music --target -16.5 --ceiling=-2")).toEqual(wanted);
    expect(settingsOf("--target=-16.5 --ceiling -2 music")).toEqual(wanted);
  });

  test("flags become settings, and those the words on the page's controls", () => {
    const settings = settingsOf(
      "music --format m4a --by album --peaks dynamic --save-to replace --one-pass --target -16",
    );
    expect(settings).toEqual({
      outputFormat: "m4a",
      levelBy: "album",
      whenPeaksTooHigh: "dynamic",
      saveTo: "replace",
      twoPassNormalization: false,
      targetLoudness: -16,
      preset: "custom",
    });
    expect(controlsOf(settings)).toEqual({
      "Output format": "AAC (M4A)",
      "Level by": "Album",
      "When peaks are too high": "Dynamic",
      "Save to": "Replace originals",
      "Two-pass normalization": false,
      "Target loudness (LUFS)": -16,
    });
  });

  test("every flag sets what the same value sets on the page", () => {
    const flagAndValue = fc.constantFrom(...settingFlags).chain(({ setting, description, flag }) =>
      fc.tuple(
        fc.constant({ setting, name: flag.name, isSwitch: description.kind === "switch" }),
        anyValueOf(setting).filter((value) => {
          if ("sets" in flag) return value === flag.sets;
          return description.kind !== "choice" || offeredBy(description).includes(String(value));
        }),
      ),
    );
    fc.assert(
      fc.property(flagAndValue, ([{ setting, name, isSwitch }, value]) => {
        const flag = isSwitch ? [`--${name}`] : [`--${name}`, String(value ?? "")];
        const options = readOptions(["music", ...flag], standing, "levelup");
        expect(options).toMatchObject({ kind: "level", settings: { [setting]: value } });
        expect(settingsOf(`music --${name}${isSwitch ? "" : `=${String(value ?? "")}`}`)).toEqual(
          changeOf(setting, value),
        );
      }),
    );
  });

  test("the help names every flag, with what it takes", () => {
    const help = read("--help");
    if (help.kind !== "help") throw new Error(help.kind);
    for (const name of Object.keys(parsedOptions)) {
      expect(help.text).toMatch(new RegExp(`^  --${name} `, "m"));
    }
    for (const line of [
      /--target LUFS +loudness of every song, -70 to -5 \(-14\)/,
      /--workers N +songs at the same time, 1 to 64 \(cores - 1\); no effect with --serial/,
      /--most-limiting DB .*0 to 20 \(6\); no effect with --peaks quieter/,
      /--save-to WHERE +where to write: leveled \| replace \(leveled\)/,
      /--format FORMAT .*same \| mp3 \| flac \| wav \| m4a \| ogg \| opus \(same\)/,
    ]) {
      expect(help.text).toMatch(line);
    }
  });

  test("the settings without a flag are these, and have their defaults", () => {
    const flagged = settingFlags.map(({ setting }) => setting);
    const names = Object.keys(defaultSettings) as SettingName[];
    expect(names.filter((name) => !flagged.includes(name))).toEqual([
      "preset",
      "keepOriginals",
      "keepResponsive",
    ]);
  });

  test("paths are meant from where the person stands", () => {
    const options = read("music --out elsewhere --report r.json --log elsewhere/log.txt");
    expect(options).toMatchObject({
      out: path.join(standing, "elsewhere"),
      report: path.join(standing, "r.json"),
      // The folder of --out is made before the batch.
      log: path.join(standing, "elsewhere/log.txt"),
      settings: { saveTo: "folder" },
    });
  });

  test.each([
    ["", "Which folder?"],
    ["nowhere", "There is no"],
    ["music --target loud", "--target takes a number from -70 to -5"],
    ["music --target 0", "--target takes a number"],
    ["music --workers 1.5", "a whole number from 1 to 64"],
    ["music --format toString", "--format takes same, mp3"],
    ["music --volume 11", "--volume"],
    ["music --out music/sub", "lies inside"],
    ["music --out music", "lies inside"],
    ["music --out elsewhere --save-to replace", "exclude each other"],
    ["song.mp3", "Single files need --out"],
    ["music --out song.mp3", "--out takes a folder, and"],
    ["music --out song.mp3/sub", "--out takes a folder, and"],
    ["music --report music", "--report takes a file, and"],
    ["music --report nowhere/r.json", "--report: there is no folder"],
    ["music --log nowhere/l.txt", "--log: there is no folder"],
    ["song.mp3/sub", "There is no"],
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
