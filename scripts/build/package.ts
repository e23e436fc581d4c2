import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { root } from "../support/steps";
import { bundled, engineFiles, WORKER } from "./command";
import { prepareSamples } from "./export";

/** Where the package is put together, and its tarball. */
const place = path.join(root, ".cache/pack");

const projectFile = (name: string): string => path.join(root, name);

/**
 * Packs the command as a package of its own: its code as two files, the engine and the sample songs
 * beside them, and nothing to be installed with it. Gives the tarball's path.
 */
export async function packCommand(): Promise<string> {
  const project = JSON.parse(readFileSync(projectFile("package.json"), "utf8")) as Project;
  const staged = path.join(place, "package");
  rmSync(place, { recursive: true, force: true });
  mkdirSync(path.join(staged, "engine"), { recursive: true });
  if (!(await prepareSamples())) throw new Error("The sample songs could not be made.");
  const engine = await engineFiles();
  const command = await bundled("cli/levelup.ts", project.version, "#!/usr/bin/env node");
  const worker = await bundled(WORKER, project.version);
  writeFileSync(path.join(staged, "levelup.mjs"), command.code);
  chmodSync(path.join(staged, "levelup.mjs"), 0o755);
  writeFileSync(path.join(staged, "song-worker.mjs"), worker.code);
  for (const file of [engine.coreScript, engine.coreWasm, engine.kernelWasm]) {
    copyFileSync(file, path.join(staged, "engine", path.basename(file)));
  }
  cpSync(projectFile("public/samples"), path.join(staged, "samples"), {
    recursive: true,
    filter: (file) => !/\.(stamp|json)$/.test(file),
  });
  for (const name of ["LICENSE", "NOTICE.md"])
    copyFileSync(projectFile(name), path.join(staged, name));
  const packages = new Set([...command.packages, ...worker.packages, "node_modules/@ffmpeg/core"]);
  writeFileSync(path.join(staged, "LICENSES-OF-PACKAGES.txt"), licences([...packages].sort()));
  writeFileSync(path.join(staged, "README.md"), README);
  writeFileSync(
    path.join(staged, "package.json"),
    `${JSON.stringify(manifestOf(project), null, 2)}\n`,
  );
  return path.join(place, packed(staged));
}

interface Project {
  readonly version: string;
  readonly license: string;
  readonly engines: Readonly<Record<string, string>>;
}

const manifestOf = ({ version, license, engines }: Project) => ({
  name: "levelup",
  version,
  description: "Makes a folder of songs equally loud.",
  license,
  type: "module",
  engines,
  bin: { levelup: "levelup.mjs" },
});

const README = `# levelup

Makes the songs of a folder equally loud: \`levelup FOLDER\` writes them to a folder \`Leveled\` in it.
\`levelup --help\` lists what can be given; \`levelup --samples\` shows it on songs that come along.
`;

/** The licences of packages as they state them themselves. */
function licences(packages: readonly string[]): string {
  const texts = packages.map((folder) => {
    const at = projectFile(folder);
    const { name, version, license } = JSON.parse(
      readFileSync(path.join(at, "package.json"), "utf8"),
    ) as { readonly name: string; readonly version: string; readonly license: string };
    const files = readdirSync(at).filter((each) => /^(licen[cs]e|notice|copying)/i.test(each));
    const own = files.map((file) => readFileSync(path.join(at, file), "utf8").trim());
    return [`${name} ${version} (${license})`, ...own].join("\n\n");
  });
  return `${texts.join(`\n\n${"-".repeat(78)}\n\n`)}\n`;
}

/** The tarball's name. */
function packed(folder: string): string {
  const npm = process.env["npm_execpath"];
  const args = ["pack", folder, "--pack-destination", place, "--ignore-scripts", "--json"];
  const [command, first] = npm?.endsWith(".js") ? [process.execPath, [npm]] : ["npm", []];
  const { status, stdout, stderr } = spawnSync(command, [...first, ...args], {
    cwd: place,
    encoding: "utf8",
    shell: process.platform === "win32" && command === "npm",
  });
  if (status !== 0) throw new Error(stderr);
  const [made] = JSON.parse(stdout) as [{ readonly filename: string }];
  return made.filename;
}
