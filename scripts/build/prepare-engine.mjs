// Puts the audio engine where the page fetches it: ffmpeg's WebAssembly core from the installed
// package, checked against the checksums below, and our own kernel, built first. Writes
// public/engine/manifest.json: `url` is relative to the manifest's own folder.
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { constants, gzipSync } from "node:zlib";

const root = fileURLToPath(new URL("../..", import.meta.url));
const coreVersion = "0.12.10";
const coreFolder = path.join(root, "node_modules/@ffmpeg/core/dist/esm");
const engineFolder = path.join(root, "public/engine");
const manifestFile = path.join(engineFolder, "manifest.json");
const kernelFile = path.join(root, "lib/kernel/build/kernel.wasm");

/** SHA-256 of @ffmpeg/core 0.12.10. What runs in people's browsers is exactly this. */
const pinned = {
  "ffmpeg-core.js": "67a48f11645f85439f3fde4f2119042c16b374b910206b7a7a24f342e28dcae3",
  "ffmpeg-core.wasm": "9f57947a5bd530d8f00c5b3f2cb2a3492faa7e5d823315342d6a8656d0a6b7b7",
};

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const earlier = existsSync(manifestFile) ? JSON.parse(readFileSync(manifestFile, "utf8")) : null;
mkdirSync(path.join(engineFolder, coreVersion), { recursive: true });

const core = {};
for (const [name, expected] of Object.entries(pinned)) {
  const bytes = readFileSync(path.join(coreFolder, name));
  const found = sha256(bytes);
  if (found !== expected) {
    console.error(
      `${name} of @ffmpeg/core is not the file of version ${coreVersion}: ` +
        `its SHA-256 is ${found}, expected ${expected}.`,
    );
    process.exit(1);
  }
  core[name] = bytes;
}
const script = place(`${coreVersion}/ffmpeg-core.js`, core["ffmpeg-core.js"]);
// 10 MB instead of 32 MB on the way to the page, from any host, without asking it to compress. Not
// named .gz: some hosts would announce that as an encoding, and the browser unpack it on the way.
const packed = place(`${coreVersion}/ffmpeg-core.wasm.gzip`, () =>
  gzipSync(core["ffmpeg-core.wasm"], { level: constants.Z_BEST_COMPRESSION }),
);
for (const name of readdirSync(path.join(engineFolder, coreVersion))) {
  if (![script, packed].some(({ url }) => path.basename(url) === name)) {
    rmSync(path.join(engineFolder, coreVersion, name));
  }
}

execFileSync(process.execPath, [path.join(root, "scripts/build/build-kernel.mjs")], {
  stdio: "inherit",
});
const kernelBytes = readFileSync(kernelFile);
const kernelUrl = `kernel-${sha256(kernelBytes).slice(0, 8)}.wasm`;
const kernel = place(kernelUrl, kernelBytes);
for (const name of readdirSync(engineFolder)) {
  if (/^kernel-.*\.wasm$/.test(name) && name !== kernelUrl) rmSync(path.join(engineFolder, name));
}

const manifest = {
  coreVersion,
  files: {
    coreScript: script,
    coreWasmGzip: packed,
    kernelWasm: kernel,
  },
};
writeWhole(manifestFile, JSON.stringify(manifest, null, 2) + "\n");

/** Writes `url` unless it is there already as the earlier manifest describes it. */
function place(url, content) {
  const file = path.join(engineFolder, url);
  const known = Object.values(earlier?.files ?? {}).find((entry) => entry.url === url);
  if (known !== undefined && existsSync(file) && sha256(readFileSync(file)) === known.sha256) {
    if (typeof content === "function" || sha256(content) === known.sha256) return known;
  }
  const bytes = typeof content === "function" ? content() : content;
  writeWhole(file, bytes);
  return { url, bytes: bytes.length, sha256: sha256(bytes) };
}

/** A build that is interrupted leaves the old file or the new one, never half of one. */
function writeWhole(file, bytes) {
  writeFileSync(`${file}.part`, bytes);
  renameSync(`${file}.part`, file);
}
