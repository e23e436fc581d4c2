// Compiles lib/kernel/assembly to lib/kernel/build/kernel.wasm; does nothing when that is newer
// than its sources. `--force` compiles anyway.
import { mkdirSync, readdirSync, renameSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const sources = `${root}lib/kernel/assembly`;
const target = `${root}lib/kernel/build/kernel.wasm`;

const modified = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
const newest = Math.max(
  modified(fileURLToPath(import.meta.url)),
  ...readdirSync(sources).map((name) => modified(`${sources}/${name}`)),
);

if (process.argv.includes("--force") || modified(target) <= newest) {
  mkdirSync(`${root}lib/kernel/build`, { recursive: true });
  // Written beside and renamed, so that a reader never sees half a file.
  const partial = `${target}.${process.pid}`;
  const { default: asc } = await import("assemblyscript/asc");
  const { error, stderr } = await asc.main([
    "lib/kernel/assembly/index.ts",
    ...["--baseDir", root],
    ...["--outFile", partial],
    ...["--runtime", "stub"],
    ...["--use", "abort="],
    ...["--enable", "simd"],
    // 201: mixing i32 and usize would need casts on 64-bit memory; this is 32-bit.
    ...["--disableWarning", "201"],
    ...["-O3", "--noAssert", "--converge"],
  ]);
  if (error) {
    process.stderr.write(`${stderr.toString()}\n${error.message}\n`);
    process.exit(1);
  }
  renameSync(partial, target);
  process.stdout.write(`lib/kernel/build/kernel.wasm: ${statSync(target).size} bytes\n`);
}
