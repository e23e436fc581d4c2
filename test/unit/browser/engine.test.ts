import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it, vi } from "vitest";
import { EngineUnavailable, loadEngine } from "@/lib/browser/engine";

/** The smallest module there is. */
const wasm = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const bytesOf: Readonly<Record<string, Uint8Array>> = {
  "core.wasm.gzip": gzipSync(wasm),
  "core.js": new TextEncoder().encode("export default 1;"),
  "kernel.wasm": wasm,
};
const entry = (url: string) => ({
  url,
  bytes: bytesOf[url]!.length,
  sha256: createHash("sha256").update(bytesOf[url]!).digest("hex"),
});
const manifest = {
  files: {
    coreScript: entry("core.js"),
    coreWasmGzip: entry("core.wasm.gzip"),
    kernelWasm: entry("kernel.wasm"),
  },
};

/** Serves the engine; `change` alters what is answered for a file. */
function serve(
  change: (name: string, response: Response, cache: string) => Response | Promise<Response>,
): void {
  vi.stubGlobal("fetch", async (url: URL, init: RequestInit = {}) => {
    expect(url.origin).toBe("https://page.example");
    const name = url.pathname.split("/").at(-1)!;
    const body = name === "manifest.json" ? JSON.stringify(manifest) : bytesOf[name]!;
    return change(name, new Response(body as Uint8Array<ArrayBuffer>), init.cache ?? "default");
  });
}

const load = (onProgress = (): void => undefined) =>
  loadEngine("https://page.example/level/", onProgress);

describe("loading the engine", () => {
  afterEach(() => void vi.unstubAllGlobals());

  it("compiles what it fetched and counts every byte", async () => {
    serve((_, response) => response);
    const seen: [number, number][] = [];
    const engine = await loadEngine("https://page.example/level/", (...of) => seen.push(of));
    expect(engine.core).toBeInstanceOf(WebAssembly.Module);
    expect(engine.kernel).toBeInstanceOf(WebAssembly.Module);
    expect(engine.coreUrl).toBe("https://page.example/level/engine/core.js");
    const total = Object.values(bytesOf).reduce((sum, bytes) => sum + bytes.length, 0);
    expect(seen[0]).toEqual([0, total]);
    expect(seen.at(-1)).toEqual([total, total]);
    expect(seen.map(([received]) => received)).toEqual(
      seen.map(([received]) => received).toSorted((a, b) => a - b),
    );
  });

  it.each(Object.keys(bytesOf))("runs no %s that is altered, cut or longer", async (name) => {
    const alter = (bytes: Uint8Array) => bytes.map((byte, i) => (i === 3 ? byte ^ 1 : byte));
    const cut = (bytes: Uint8Array) => bytes.slice(0, -1);
    const longer = (bytes: Uint8Array) => Uint8Array.of(...bytes, 0);
    for (const change of [alter, cut, longer]) {
      serve((each, response) => (each === name ? new Response(change(bytesOf[each]!)) : response));
      await expect(load()).rejects.toBeInstanceOf(EngineUnavailable);
    }
  });

  it("fetches past the browser's cache what it has altered there, and counts it once", async () => {
    serve((name, response, cache) =>
      name === "manifest.json" || cache === "reload" ? response : new Response("altered"),
    );
    const seen: [number, number][] = [];
    await loadEngine("https://page.example/level/", (...of) => seen.push(of));
    const total = Object.values(bytesOf).reduce((sum, bytes) => sum + bytes.length, 0);
    expect(seen.at(-1)).toEqual([total, total]);
  });

  it.each(["manifest.json", ...Object.keys(bytesOf)])(
    "says so when %s is not there",
    async (name) => {
      serve((each, response) => (each === name ? new Response("no", { status: 404 }) : response));
      await expect(load()).rejects.toThrow(/HTTP 404/);
      serve((each, response) =>
        each === name ? Promise.reject(new TypeError("Failed to fetch")) : response,
      );
      await expect(load()).rejects.toBeInstanceOf(EngineUnavailable);
    },
  );
});
