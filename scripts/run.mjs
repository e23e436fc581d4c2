// Runs one of the project's commands, `node scripts/run.mjs NAME [arguments]`, after installing
// what is missing. Plain Node without a dependency: it is the first thing that runs in a fresh
// clone. The commands themselves are TypeScript beside this file and are loaded through tsx.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const files = {
  build: "scripts/commands/build.ts",
  dev: "scripts/commands/dev.ts",
  start: "scripts/commands/start.ts",
  test: "scripts/commands/test.ts",
  "test:unit": "scripts/commands/test-unit.ts",
  "test:e2e": "scripts/commands/test-e2e.ts",
  "test:watch": "scripts/commands/test-watch.ts",
  "test:native": "scripts/commands/test-native.ts",
  "test:long": "scripts/commands/test-long.ts",
  level: "cli/level.ts",
  pack: "scripts/commands/pack.ts",
  bench: "bench/bench.ts",
};

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`LevelUp needs Node 20.19 or newer; this is ${process.versions.node}.`);
}
const [command = "", ...rest] = process.argv.slice(2);
if (!Object.hasOwn(files, command)) fail(`There is no command "${command}".`);
const file = path.join(root, files[command]);

process.chdir(root);
if (!dependenciesAreInstalled()) installDependencies();
process.argv = [process.argv[0], file, ...rest];
const { register } = await import("tsx/esm/api");
register();
await import(pathToFileURL(file).href);

/**
 * npm records what it installed in node_modules/.package-lock.json. Comparing it with the lock
 * says exactly whether an install is due, where file times only guess. Optional packages differ
 * from platform to platform and are left out.
 */
function dependenciesAreInstalled() {
  const read = (file) => {
    const at = path.join(root, file);
    return existsSync(at) ? JSON.parse(readFileSync(at, "utf8")).packages : undefined;
  };
  const wanted = read("package-lock.json");
  const present = read("node_modules/.package-lock.json");
  if (present === undefined) return false;
  return Object.entries(wanted ?? {}).every(
    ([name, { optional, devOptional, version }]) =>
      name === "" || optional || devOptional || present[name]?.version === version,
  );
}

function installDependencies() {
  console.log("Installing dependencies…");
  const locked = existsSync(path.join(root, "package-lock.json"));
  // Development dependencies are what builds the page, also where NODE_ENV says production.
  const args = [locked ? "ci" : "install", "--include=dev"];
  const npm = process.env.npm_execpath;
  const result = npm?.endsWith(".js")
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: "inherit" })
    : spawnSync("npm", args, { cwd: root, stdio: "inherit", shell: process.platform === "win32" });
  if (result.status !== 0) fail("npm could not install the dependencies; its output says why.");
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
