import { statSync, type Stats } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { readNumber, type Description } from "@/lib/settings/kinds";
import { changeOf, presets } from "@/lib/settings/presets";
import type { Settings, SettingValue } from "@/lib/settings/settings";
import { isSystemError } from "./failure";
import { helpText, offeredBy, parsedOptions, settingFlags, taskFlags } from "./flags";
import { shardOfRun } from "./shards/array-jobs";
import type { Shard } from "./shards/shard";

type Task = "level" | (typeof taskFlags)[number]["name"];

export interface LevelOptions {
  readonly kind: "level";
  readonly task: Task;
  /** Absolute paths of folders and files; none where the sample songs or a cut off batch are meant. */
  readonly inputs: readonly string[];
  /** Absolute; null is the folder `Leveled` inside the first input. */
  readonly out: string | null;
  readonly report: string | null;
  readonly log: string | null;
  readonly json: boolean;
  readonly keepTimes: boolean;
  readonly samples: boolean;
  readonly inBrowser: boolean;
  /** The part of the songs that this run does; null for all. */
  readonly shard: Shard | null;
  /** The report of a first pass, from which a shard knows the albums. */
  readonly measured: string | null;
  /** What is asked for; every other setting has its default. */
  readonly settings: Partial<Settings>;
}

export type Options =
  | LevelOptions
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "wrong"; readonly message: string };

/**
 * Reads the command line; `standing` is the folder that relative paths start from, `command` how the
 * command is called, `environment` the one that an array job gives to its tasks.
 */
export function readOptions(
  args: readonly string[],
  standing: string,
  command: string,
  environment: Environment = process.env,
): Options {
  try {
    return read(args, standing, command, environment);
  } catch (error) {
    if (error instanceof WrongUsage || isParseError(error) || isSystemError(error)) {
      return { kind: "wrong", message: error.message };
    }
    throw error;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

class WrongUsage extends Error {}

const isParseError = (error: unknown): error is Error =>
  error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");

function read(
  args: readonly string[],
  standing: string,
  command: string,
  environment: Environment,
): Options {
  const { values, positionals } = parseArgs({
    args: joinNegativeNumbers(args),
    allowPositionals: true,
    options: parsedOptions,
  });
  if (values["help"]) return { kind: "help", text: helpText(command) };
  const [task = "level", ...others] = taskFlags
    .map(({ name }) => name)
    .filter((name) => values[name] === true);
  if (others[0] !== undefined)
    throw new WrongUsage(`--${task} and --${others[0]} exclude each other.`);
  const samples = values["samples"] === true;
  const takesInputs = !samples && task !== "resume";
  if (takesInputs && args.length === 0)
    throw new WrongUsage(`Which folder?\n\n${helpText(command)}\n`);
  if (takesInputs && positionals.length === 0) throw new WrongUsage("Which folder?");
  if (!takesInputs && positionals.length > 0) {
    throw new WrongUsage(`--${samples ? "samples" : "resume"} takes no folder.`);
  }
  const inputs = positionals.map((name) => existing(path.resolve(standing, name)));
  const at = (flag: string) => {
    const name = values[flag];
    return typeof name === "string" ? path.resolve(standing, name) : null;
  };
  const out = at("out");
  if (out !== null) requireOutside(inputs, requireFolder("out", out));
  const settings: Partial<Settings> = out === null ? {} : { saveTo: "folder" };
  if (values["preset"] !== undefined) {
    Object.assign(settings, changeOf("preset", presetNamed(String(values["preset"]))));
  }
  for (const { setting, description, flag } of settingFlags) {
    const given = values[flag.name];
    if (given === undefined) continue;
    if (setting === "saveTo" && out !== null) {
      throw new WrongUsage(`--out and --${flag.name} exclude each other.`);
    }
    Object.assign(settings, changeOf(setting, valueOf(description, String(given))));
  }
  if (values["lossless"] === true) {
    if ((settings.reencoding ?? "never") !== "never") {
      throw new WrongUsage(
        `--lossless and --reencoding ${settings.reencoding} exclude each other.`,
      );
    }
    settings.reencoding = "never";
  }
  if (inPlace.has(task)) {
    if (out !== null || (settings.saveTo ?? "replace") !== "replace") {
      throw new WrongUsage(`--${task} works in place: it goes with neither --out nor --save-to.`);
    }
    settings.saveTo = "replace";
  }
  const inBrowser = values["in-browser"] === true;
  const beyond = ["samples", "keep-times", "json"].find((name) => values[name] === true);
  if (inBrowser && (beyond !== undefined || !inBrowserToo.has(task))) {
    throw new WrongUsage(`--${beyond ?? task} does not go with --in-browser.`);
  }
  const writesBeside = takesInputs && settings.saveTo !== "replace" && out === null;
  if (writesBeside && !inputs.some(isFolder)) {
    throw new WrongUsage("Single files need --out FOLDER or --save-to replace.");
  }
  const shard = shardFor(values["shard"], environment);
  const whole = ["samples", "in-browser"].find((name) => values[name] === true);
  const beside = whole ?? (ofShards.has(task) ? undefined : task);
  if (shard !== null && shard.count > 1 && beside !== undefined) {
    throw new WrongUsage(`--${beside} does not go with shards; --shard 1/1 is everything.`);
  }
  const measured = at("measured");
  if (measured !== null) {
    if (shard === null || beside !== undefined || settings.levelBy !== "album") {
      throw new WrongUsage("--measured goes with --shard and --by album.");
    }
    // Its songs are known by their paths below the folder.
    if (inputs.length > 1) throw new WrongUsage("--measured takes one folder.");
    existing(measured);
  }
  return {
    kind: "level",
    task,
    inputs,
    out,
    report: requireFile("report", at("report"), out),
    log: requireFile("log", at("log"), out),
    json: values["json"] === true,
    keepTimes: values["keep-times"] === true,
    samples,
    inBrowser,
    shard: beside === undefined ? shard : null,
    measured,
    settings,
  };
}

function shardFor(flag: unknown, environment: Environment): Shard | null {
  const asked = shardOfRun(typeof flag === "string" ? flag : null, environment);
  if (asked.kind === "refused") throw new WrongUsage(asked.message);
  return asked.kind === "shard" ? asked.shard : null;
}

/** Tasks on the songs where they are. */
const inPlace: ReadonlySet<Task> = new Set(["undo", "restore", "delete-originals"]);
const ofShards: ReadonlySet<Task> = new Set(["level", "measure", "dry-run"]);
const inBrowserToo: ReadonlySet<Task> = new Set(["level", "measure", "undo"]);

function presetNamed(given: string): string {
  const wanted = given.toLowerCase();
  const found = presets.find(({ id, name }) => [id, name.toLowerCase()].includes(wanted));
  if (found) return found.id;
  throw new WrongUsage(`--preset takes ${presets.map(({ id }) => id).join(", ")}, not ${given}.`);
}

/** The value of a setting that was given as text. */
function valueOf(description: Description, given: string): SettingValue {
  const refuse = (takes: string) =>
    new WrongUsage(`--${description.flag?.name} takes ${takes}, not ${given}.`);
  switch (description.kind) {
    case "number":
    case "count": {
      const value = readNumber(description, given);
      if (value !== undefined) return value;
      const { kind, min, max } = description;
      throw refuse(`a ${kind === "count" ? "whole number" : "number"} from ${min} to ${max}`);
    }
    case "choice": {
      const offered = offeredBy(description);
      if (offered.includes(given)) return given;
      throw refuse(offered.join(", "));
    }
    case "switch":
      return description.flag?.sets ?? !description.initial;
    case "preset":
      return given;
  }
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

/** Undefined where there is nothing, also because the folder above is a file. */
function infoOf(file: string): Stats | undefined {
  try {
    return statSync(file);
  } catch (error) {
    if (isSystemError(error) && (error.code === "ENOENT" || error.code === "ENOTDIR")) {
      return undefined;
    }
    throw error;
  }
}

const isFolder = (file: string) => infoOf(file)?.isDirectory() === true;

function existing(file: string): string {
  if (infoOf(file) === undefined) throw new WrongUsage(`There is no ${file}.`);
  return file;
}

/** A folder that is there or can be made: nothing on the way to it is a file. */
function requireFolder(flag: string, folder: string): string {
  let there = folder;
  while (infoOf(there) === undefined && path.dirname(there) !== there) there = path.dirname(there);
  if (!isFolder(there)) throw new WrongUsage(`--${flag} takes a folder, and ${there} is a file.`);
  return folder;
}

function requireOutside(inputs: readonly string[], out: string): void {
  const inside = inputs.find((input) => isWithin(input, out));
  if (inside === undefined) return;
  throw new WrongUsage(
    `--out lies inside ${inside}: the next run would level its own results. ` +
      "Leave it out to write to a folder Leveled there.",
  );
}

/** A file that is there or can be written: told before the batch, not after it. */
function requireFile(flag: string, file: string | null, out: string | null): string | null {
  if (file === null) return null;
  if (isFolder(file)) throw new WrongUsage(`--${flag} takes a file, and ${file} is a folder.`);
  const folder = path.dirname(file);
  if (!isFolder(folder) && folder !== out)
    throw new WrongUsage(`--${flag}: there is no folder ${folder}.`);
  return file;
}

function isWithin(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative.split(path.sep)[0] !== ".." && !path.isAbsolute(relative);
}
