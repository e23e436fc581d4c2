import { cpSync } from "node:fs";
import path from "node:path";
import type { EngineFiles } from "@/lib/node/engine";
import { levelInNode } from "./engine/level-in-node";
import { JsonTelling, TextTelling } from "./engine/telling";
import { Failure, isSystemError } from "./failure";
import { Interruption } from "./interruption";
import { type LevelOptions, readOptions } from "./options";
import { MERGE_REPORTS, runMergeReports } from "./shards/merge-command";

/** What the command is made of, which lies elsewhere in a package than in the project. */
export interface Installation {
  /** How it is called. */
  readonly command: string;
  engine(): Promise<EngineFiles>;
  /** A folder with the sample songs. */
  samples(): Promise<string>;
  /** Null where no page comes with it. */
  readonly inBrowser:
    ((options: LevelOptions, interruption: Interruption) => Promise<boolean>) | null;
}

const SAMPLES = "LevelUp samples";

/** Reads the arguments and does what they ask for; gives the exit code. */
export async function runCommand(
  args: readonly string[],
  standing: string,
  installation: Installation,
): Promise<number> {
  const { command } = installation;
  const [first, ...rest] = args;
  if (first === MERGE_REPORTS) return runMergeReports(rest, standing);
  const options = readOptions(args, standing, command);
  switch (options.kind) {
    case "help":
      console.log(options.text);
      return 0;
    case "wrong":
      console.error(`${options.message}\n${command} --help lists what can be given.`);
      return 2;
    case "level":
      return level(options, standing, installation);
  }
}

async function level(
  options: LevelOptions,
  standing: string,
  installation: Installation,
): Promise<number> {
  const interruption = new Interruption();
  try {
    const allWell = await levelBy(options, standing, installation, interruption);
    return interruption.exitCode ?? (allWell ? 0 : 1);
  } catch (error) {
    if (!(error instanceof Failure || isSystemError(error))) throw error;
    console.error(error.message);
    return interruption.exitCode ?? (error instanceof Failure ? error.exitCode : 1);
  }
}

async function levelBy(
  options: LevelOptions,
  standing: string,
  installation: Installation,
  interruption: Interruption,
): Promise<boolean> {
  if (options.inBrowser) {
    if (installation.inBrowser) return installation.inBrowser(options, interruption);
    throw new Failure(`${installation.command} comes without the page.`);
  }
  const telling = options.json ? new JsonTelling() : new TextTelling(process.stderr);
  if (!options.samples)
    return levelInNode(options, await installation.engine(), interruption, telling);
  const folder = path.join(standing, SAMPLES);
  cpSync(await installation.samples(), folder, {
    recursive: true,
    filter: (file) => !file.endsWith(".json"),
  });
  telling.note(`The sample songs are in ${folder}.`);
  return levelInNode(
    { ...options, inputs: [folder] },
    await installation.engine(),
    interruption,
    telling,
  );
}
