// `levelup FOLDER …`: the command of the package, in which the engine lies beside this file.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand } from "./command";

const here = (name: string): string =>
  path.join(fileURLToPath(new URL(".", import.meta.url)), name);

process.exitCode = await runCommand(process.argv.slice(2), process.cwd(), {
  command: "levelup",
  engine: () =>
    Promise.resolve({
      worker: here("song-worker.mjs"),
      coreScript: here("engine/ffmpeg-core.js"),
      coreWasm: here("engine/ffmpeg-core.wasm"),
      kernelWasm: here("engine/kernel.wasm"),
    }),
  samples: () => Promise.resolve(here("samples")),
  inBrowser: null,
});
