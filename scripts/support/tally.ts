import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { runTool } from "./steps";

/** Counts of checks over several steps. A step that fails never keeps the next from running. */
export class Tally {
  #passed = 0;
  #failed = 0;
  readonly #failures: string[] = [];

  /** A step that counts as one check: it passes when its exit code is 0. */
  async check(name: string, step: () => Promise<number>): Promise<boolean> {
    heading(name);
    const ok = (await step()) === 0;
    this.#add(name, ok ? 1 : 0, ok ? 0 : 1);
    return ok;
  }

  /** Runs Vitest's project and counts its tests. */
  async vitest(project: string): Promise<void> {
    heading(`vitest: ${project}`);
    await this.#reported(`vitest: ${project}`, readVitest, (file) =>
      runTool("vitest", [
        ...["run", "--project", project, "--reporter=default", "--reporter=json"],
        `--outputFile.json=${file}`,
      ]),
    );
  }

  /** Runs the end-to-end tests and counts them. */
  async playwright(): Promise<void> {
    heading("end to end");
    await this.#reported("end to end", readPlaywright, (file) =>
      runTool("playwright", ["test", "--reporter=list,json"], {
        PLAYWRIGHT_JSON_OUTPUT_FILE: file,
      }),
    );
  }

  /** Prints the last line; gives the exit code. */
  close(): number {
    heading("result");
    for (const failure of this.#failures) console.log(`failed: ${failure}`);
    console.log(`${this.#passed} passed, ${this.#failed} failed`);
    return this.#failed === 0 && this.#passed > 0 ? 0 : 1;
  }

  async #reported(
    name: string,
    read: (text: string) => Counts,
    step: (file: string) => Promise<number>,
  ): Promise<void> {
    const folder = mkdtempSync(path.join(os.tmpdir(), "levelup-"));
    const file = path.join(folder, "report.json");
    const code = await step(file);
    const counts = existsSync(file) ? read(readFileSync(file, "utf8")) : { passed: 0, failed: 0 };
    rmSync(folder, { recursive: true });
    // A runner can fail without a failed test: a file that does not load, an error outside a test,
    // no test at all.
    const unexplained = (code !== 0 && counts.failed === 0) || counts.passed + counts.failed === 0;
    this.#add(name, counts.passed, counts.failed + (unexplained ? 1 : 0));
  }

  #add(name: string, passed: number, failed: number) {
    this.#passed += passed;
    this.#failed += failed;
    if (failed > 0) this.#failures.push(`${name} (${failed})`);
  }
}

interface Counts {
  readonly passed: number;
  readonly failed: number;
}

export function readVitest(text: string): Counts {
  const report = JSON.parse(text) as {
    numPassedTests: number;
    numFailedTests: number;
    testResults: { status: string; assertionResults: unknown[] }[];
  };
  // A file that could not be loaded has failed and lists no test.
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
  };
}

export function readPlaywright(text: string): Counts {
  const { stats } = JSON.parse(text) as {
    stats: { expected: number; unexpected: number; flaky: number };
  };
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky };
}

function heading(text: string) {
  console.log(`\n── ${text} ${"─".repeat(Math.max(0, 70 - text.length))}`);
}
