import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { runTool } from "./steps";

/** Tests whose time is told at the end. */
const SLOWEST = 8;

/** Counts of checks over several steps. A step that fails never keeps the next from running. */
export class Tally {
  #passed = 0;
  #failed = 0;
  readonly #failures: string[] = [];
  readonly #slow: Slow[] = [];

  /** A step that counts as one check: it passes when its exit code is 0. */
  async check(name: string, step: () => Promise<number>): Promise<boolean> {
    heading(name);
    const ok = (await step()) === 0;
    this.#add(ok ? 1 : 0, ok ? [] : [name]);
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
    const slowest = this.#slow.toSorted((a, b) => b.seconds - a.seconds).slice(0, SLOWEST);
    for (const { name, seconds } of slowest) console.log(`${seconds.toFixed(0)} s: ${name}`);
    for (const failure of this.#failures) console.log(`failed: ${failure}`);
    console.log(`${this.#passed} passed, ${this.#failed} failed`);
    return this.#failed === 0 && this.#passed > 0 ? 0 : 1;
  }

  async #reported(
    name: string,
    read: (text: string) => Results,
    step: (file: string) => Promise<number>,
  ): Promise<void> {
    const folder = mkdtempSync(path.join(os.tmpdir(), "levelup-"));
    const file = path.join(folder, "report.json");
    const code = await step(file);
    const { passed, failures, slow } = existsSync(file)
      ? read(readFileSync(file, "utf8"))
      : { passed: 0, failures: [], slow: [] };
    rmSync(folder, { recursive: true });
    this.#slow.push(...slow);
    // A runner can fail without a failed test: a file that does not load, an error outside a test,
    // no test at all.
    const unexplained = (code !== 0 && failures.length === 0) || passed + failures.length === 0;
    this.#add(passed, unexplained ? [name] : failures);
  }

  #add(passed: number, failures: readonly string[]) {
    this.#passed += passed;
    this.#failed += failures.length;
    this.#failures.push(...failures);
  }
}

interface Slow {
  readonly name: string;
  readonly seconds: number;
}

interface Results {
  readonly passed: number;
  /** A name and, where there is one, the first line of what was wrong, for each failed test. */
  readonly failures: readonly string[];
  readonly slow: readonly Slow[];
}

export function readVitest(text: string): Results {
  const report = JSON.parse(text) as {
    numPassedTests: number;
    testResults: {
      name: string;
      status: string;
      message: string;
      assertionResults: {
        fullName: string;
        status: string;
        duration?: number | null;
        failureMessages?: string[];
      }[];
    }[];
  };
  const failures: string[] = [];
  const slow: Slow[] = [];
  for (const { name, status, message, assertionResults } of report.testResults) {
    const file = path.basename(name);
    // A file that could not be loaded has failed and lists no test.
    if (status === "failed" && assertionResults.length === 0) {
      failures.push(told(file, message));
    }
    for (const test of assertionResults) {
      const known = `${file}: ${test.fullName}`;
      if (test.status === "failed") failures.push(told(known, test.failureMessages?.[0]));
      slow.push({ name: known, seconds: (test.duration ?? 0) / 1000 });
    }
  }
  return { passed: report.numPassedTests, failures, slow };
}

interface PlaywrightSuite {
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs?: readonly {
    readonly title: string;
    readonly file: string;
    readonly tests: readonly {
      readonly status: string;
      readonly results: readonly {
        readonly duration: number;
        readonly error?: { readonly message?: string };
      }[];
    }[];
  }[];
}

export function readPlaywright(text: string): Results {
  const report = JSON.parse(text) as PlaywrightSuite & {
    stats: { expected: number; unexpected: number; flaky: number };
  };
  const failures: string[] = [];
  const slow: Slow[] = [];
  const walk = ({ suites = [], specs = [] }: PlaywrightSuite) => {
    for (const { title, file, tests } of specs) {
      const known = `${path.basename(file)}: ${title}`;
      for (const { status, results } of tests) {
        const wrong = results.find(({ error }) => error)?.error?.message;
        if (status === "unexpected" || status === "flaky") failures.push(told(known, wrong));
        const milliseconds = results.reduce((sum, { duration }) => sum + duration, 0);
        slow.push({ name: known, seconds: milliseconds / 1000 });
      }
    }
    suites.forEach(walk);
  };
  walk(report);
  return { passed: report.stats.expected, failures, slow };
}

/** One line: a failure's name and what was wrong, without colours. */
function told(name: string, message: string | undefined): string {
  const plain = (message ?? "").replaceAll(/\u001B\[[\d;]*m/g, "").trim();
  return plain === "" ? name : `${name} (${plain.split("\n")[0]!.slice(0, 200)})`;
}

function heading(text: string) {
  console.log(`\n── ${text} ${"─".repeat(Math.max(0, 70 - text.length))}`);
}
