import { statSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import type { SettingValues } from "./in-browser/page";

export interface LevelOptions {
  readonly kind: "level";
  /** Absolute paths of folders and files. */
  readonly inputs: readonly string[];
  /** Absolute; null is the folder `Leveled` inside the first input. */
  readonly out: string | null;
  readonly report: string | null;
  readonly log: string | null;
  readonly measure: boolean;
  /** By the names of the page's controls. */
  readonly settings: SettingValues;
}

export type Options =
  | LevelOptions
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "wrong"; readonly message: string };

const formats = {
  same: "Same as source",
  mp3: "MP3",
  flac: "FLAC",
  wav: "WAV",
  m4a: "AAC (M4A)",
  ogg: "Ogg Vorbis",
  opus: "Opus",
};
const peaks = { limit: "Limit", quieter: "Stay quieter", dynamic: "Dynamic" };
const levelBy = { track: "Track", album: "Album" };
const saveTo = { leveled: "Leveled folder", replace: "Replace originals" };
const cores = {
  automatic: "Automatic",
  conservative: "Conservative",
  aggressive: "Aggressive",
};

const help = `Makes the songs of a folder equally loud.

npm run level -- FOLDER [more folders or files] [options]

  --out FOLDER         write there instead of FOLDER/Leveled
  --save-to WHERE      ${choice(saveTo)}
  --target LUFS        loudness of every song, -70 to -5 (-14)
  --ceiling DBTP       highest true peak, -9 to 0 (-1)
  --peaks WHAT         when peaks are too high: ${choice(peaks)}
  --most-limiting DB   limit peaks by no more than this, 0 to 20 (6)
  --by UNIT            ${choice(levelBy)}
  --format FORMAT      ${choice(formats)}
  --passes N           encodes of one song at most, 1 to 5 (2)
  --accuracy LU        how near is near enough, 0.05 to 3 (0.2)
  --one-pass           measure and apply once, do not verify
  --only-down          never make a song louder
  --dual-mono          measure a mono file as two channels
  --lossless           change MP3 and Opus without encoding, in the steps they allow
  --workers N          songs at the same time (cores - 1)
  --cores USE          ${choice(cores)}
  --serial             one song after the other
  --measure            measure only, write no song
  --report FILE        save the report as JSON
  --log FILE           save the batch log
  --help               this text

Exit code: 0 all well, 1 a song failed, 2 wrong usage, 130 stopped.`;

/** Reads the command line; `standing` is the folder that relative paths start from. */
export function readOptions(args: readonly string[], standing: string): Options {
  try {
    return read(args, standing);
  } catch (error) {
    if (error instanceof WrongUsage || isParseError(error)) {
      return { kind: "wrong", message: error.message };
    }
    throw error;
  }
}

class WrongUsage extends Error {}

const isParseError = (error: unknown): error is Error =>
  error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");

function read(args: readonly string[], standing: string): Options {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const { values, positionals } = parseArgs({
    args: joinNegativeNumbers(args),
    allowPositionals: true,
    options: {
      ...{ out: text, "save-to": text, report: text, log: text, workers: text, cores: text },
      ...{ target: text, ceiling: text, peaks: text, "most-limiting": text, by: text },
      ...{ format: text, passes: text, accuracy: text },
      ...{ "one-pass": flag, "only-down": flag, "dual-mono": flag, lossless: flag, serial: flag },
      ...{ measure: flag, help: flag },
    },
  });
  if (values.help) return { kind: "help", text: help };
  if (positionals.length === 0) throw new WrongUsage("Which folder?");
  const inputs = positionals.map((name) => existing(path.resolve(standing, name)));
  const at = (name: string | undefined) =>
    name === undefined ? null : path.resolve(standing, name);
  const out = at(values.out);
  if (out !== null && values["save-to"] !== undefined) {
    throw new WrongUsage("--out and --save-to exclude each other.");
  }
  const inside = inputs.find((input) => out !== null && isWithin(input, out));
  if (inside !== undefined) {
    throw new WrongUsage(
      `--out lies inside ${inside}: the next run would level its own results. ` +
        "Leave it out to write to a folder Leveled there.",
    );
  }
  if (values["save-to"] !== "replace" && out === null && !inputs.some(isFolder)) {
    throw new WrongUsage("Single files need --out FOLDER or --save-to replace.");
  }
  const settings: Record<string, string | number | boolean> = {};
  const put = (name: string, value: string | number | boolean | undefined) => {
    if (value !== undefined) settings[name] = value;
  };
  put("Save to", out === null ? pick("save-to", values["save-to"], saveTo) : "Another folder");
  put("Target loudness (LUFS)", number("target", values.target, -70, -5));
  put("True-peak ceiling (dBTP)", number("ceiling", values.ceiling, -9, 0));
  put("When peaks are too high", pick("peaks", values.peaks, peaks));
  put("Most limiting (dB)", number("most-limiting", values["most-limiting"], 0, 20));
  put("Level by", pick("by", values.by, levelBy));
  put("Output format", pick("format", values.format, formats));
  put("Passes", whole("passes", values.passes, 1, 5));
  put("Accuracy (LU)", number("accuracy", values.accuracy, 0.05, 3));
  put("Two-pass normalization", values["one-pass"] ? false : undefined);
  put("Only turn down", values["only-down"]);
  put("Dual mono", values["dual-mono"]);
  put("Lossless where possible", values.lossless);
  put("Workers", whole("workers", values.workers, 1, 64));
  put("Core use", pick("cores", values.cores, cores));
  put("Parallel processing", values.serial ? false : undefined);
  return {
    kind: "level",
    inputs,
    out,
    report: at(values.report),
    log: at(values.log),
    measure: values.measure ?? false,
    settings,
  };
}

/** `--target -14` reads as two options; `--target=-14` does not. */
function joinNegativeNumbers(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const before = joined.at(-1);
    if (/^-\d/.test(arg) && before?.startsWith("--") && !before.includes("=")) {
      joined[joined.length - 1] = `${before}=${arg}`;
    } else {
      joined.push(arg);
    }
  }
  return joined;
}

function existing(file: string): string {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) {
    throw new WrongUsage(`There is no ${file}.`);
  }
  return file;
}

const isFolder = (file: string) => statSync(file).isDirectory();

function isWithin(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative.split(path.sep)[0] !== ".." && !path.isAbsolute(relative);
}

function choice(options: Readonly<Record<string, string>>): string {
  const [first, ...others] = Object.keys(options);
  return `${[first, ...others].join(" | ")} (${first})`;
}

function pick(name: string, given: string | undefined, options: Readonly<Record<string, string>>) {
  if (given === undefined) return undefined;
  const found = Object.hasOwn(options, given) ? options[given] : undefined;
  if (found === undefined) {
    throw new WrongUsage(`--${name} takes ${Object.keys(options).join(", ")}, not ${given}.`);
  }
  return found;
}

function number(name: string, given: string | undefined, min: number, max: number) {
  if (given === undefined) return undefined;
  const value = given.trim() === "" ? NaN : Number(given);
  if (!(value >= min && value <= max)) {
    throw new WrongUsage(`--${name} takes a number from ${min} to ${max}, not ${given}.`);
  }
  return value;
}

function whole(name: string, given: string | undefined, min: number, max: number) {
  const value = number(name, given, min, max);
  if (value !== undefined && !Number.isInteger(value)) {
    throw new WrongUsage(`--${name} takes a whole number, not ${given}.`);
  }
  return value;
}
