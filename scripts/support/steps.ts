import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** The script behind a package's command, so that it runs by Node without a shell. */
const scriptsOfTools: Readonly<Record<string, string>> = {
  eslint: "eslint/bin/eslint.js",
  knip: "knip/bin/knip.js",
  next: "next/dist/bin/next",
  playwright: "@playwright/test/cli.js",
  prettier: "prettier/bin/prettier.cjs",
  tsc: "typescript/bin/tsc",
  vitest: "vitest/vitest.mjs",
};

/** Runs a command with our own standard streams; gives its exit code (or 1 when it was killed). */
function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: "inherit",
      env: { ...process.env, ...env },
    });
    child.once("error", (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(127);
    });
    child.once("exit", (code) => {
      resolve(code ?? 1);
    });
  });
}

/** Runs a tool of node_modules. */
export function runTool(
  tool: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const script = path.join(root, "node_modules", scriptsOfTools[tool] ?? tool);
  return run(process.execPath, [script, ...args], env);
}

/** Runs a script of the project, by its path from the root, in a process of its own. */
export function runScript(file: string): Promise<number> {
  return run(process.execPath, ["--import", "tsx", path.join(root, file)]);
}

/** Installs Debian packages; only for root. Gives apt-get's exit code. */
export async function aptInstall(packages: readonly string[]): Promise<number> {
  const quiet = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "-qq"], quiet);
  return run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], quiet);
}
