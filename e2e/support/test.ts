import { createHash } from "node:crypto";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { test as base, expect } from "@playwright/test";
import { LevelUpPage } from "../../cli/in-browser/page";
import { setSwapAge } from "../../test/support/swap-age";

interface Fixtures {
  /** An empty folder on disk, removed after the test. */
  readonly folder: string;
  /** The page, open and ready. */
  readonly levelUp: LevelUpPage;
  /** How long swaps wait for their bytes, in milliseconds; most tests have nothing to wait for. */
  readonly swapAge: number;
  /** Addresses of all requests of the page and its workers. */
  readonly requests: readonly string[];
}

export const test = base.extend<Fixtures>({
  folder: async ({}, use) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), "levelup-e2e-"));
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },
  swapAge: [0, { option: true }],
  requests: async ({ context }, use) => {
    const requests: string[] = [];
    context.on("request", (request) => requests.push(request.url()));
    await use(requests);
  },
  levelUp: async ({ page, context, requests, swapAge }, use) => {
    await setSwapAge(context, swapAge);
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.stack ?? error.message));
    const levelUp = new LevelUpPage(page);
    await levelUp.prepare();
    await levelUp.open(appUrl());
    await use(levelUp);
    expect(errors, "uncaught errors on the page").toEqual([]);
    // Songs never leave the computer: nothing may be asked of any other place, in any test.
    const origin = new URL(appUrl()).origin;
    expect(requests.filter((url) => !isOf(origin, url))).toEqual([]);
  },
});

export { expect };

export function appUrl(): string {
  const url = process.env["LEVELUP_URL"];
  if (url === undefined) throw new Error("Nothing is served: the global setup did not run.");
  return url;
}

const isOf = (origin: string, url: string) =>
  ["data:", "about:"].includes(new URL(url).protocol) || new URL(url).origin === origin;

/** Every file below a folder, by its path there with "/", sorted; all but the manifests' own. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .map((name) => name.split(path.sep).join("/"))
    .filter((name) => !name.split("/").includes(".levelup"))
    .sort();
}

/**
 * A file's bytes, compared and printed by their length and SHA-256: of bytes themselves Playwright
 * prints the difference, which takes minutes at each look of a poll.
 */
class FileBytes {
  readonly print: string;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.print = `${bytes.length} bytes, ${createHash("sha256").update(bytes).digest("hex")}`;
  }
  get bytes(): Buffer {
    return this.#bytes;
  }
  equals({ print }: FileBytes): boolean {
    return this.print === print;
  }
}

/** What lies in a folder, by path: to compare before and after. */
export async function contents(folder: string): Promise<Map<string, FileBytes>> {
  const names = await filesIn(folder);
  const bytes = await Promise.all(names.map((name) => readFile(path.join(folder, name))));
  return new Map(names.map((name, index) => [name, new FileBytes(bytes[index]!)]));
}
