import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PortTaken, serve, type Serving } from "../../../scripts/serve";

const outer = mkdtempSync(path.join(os.tmpdir(), "levelup-serve-"));
let serving: Serving;

beforeAll(async () => {
  const files = {
    "secret.txt": "outside",
    "out/index.html": "front",
    "out/404.html": "nothing here",
    "out/about.html": "about",
    "out/.stamp": "hidden",
    "out/engine/1.2.3/core.wasm": "\0asm",
    "out/engine/manifest.json": "{}",
    "out/samples/A Song.mp3": "ID3",
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(outer, name)), { recursive: true });
    writeFileSync(path.join(outer, name), text);
  }
  symlinkSync("../secret.txt", path.join(outer, "out/secret.txt"));
  symlinkSync("..", path.join(outer, "out/outer"));
  symlinkSync("about.html", path.join(outer, "out/same.html"));
  serving = await serve(path.join(outer, "out"), 0);
});
afterAll(async () => {
  await serving.close();
  rmSync(outer, { recursive: true });
});

/** Sends the path as it stands: `fetch` would tidy it up first. */
function get(at: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; headers: http.IncomingHttpHeaders; body: string }>(
    (resolve, reject) => {
      const options = { host: "localhost", port: serving.port, path: at, headers };
      const request = http.get(options, (response) => {
        let body = "";
        response.on("data", (chunk: Buffer) => (body += chunk.toString()));
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
        });
      });
      request.on("error", reject);
    },
  );
}

test("pages come with or without their extension, others as 404", async () => {
  expect(await get("/")).toMatchObject({ status: 200, body: "front" });
  expect(await get("/about")).toMatchObject({ status: 200, body: "about" });
  expect(await get("/samples/A%20Song.mp3")).toMatchObject({ status: 200, body: "ID3" });
  expect(await get("/missing.js")).toMatchObject({ status: 404, body: "nothing here" });
});

test.each([
  ...["/../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/.stamp", "/%00", "/%zz"],
  ...["//", "//localhost/about", "/engine//manifest.json", "/engine", "/engine/", "*"],
])("%s leads nowhere", async (at) => {
  const { status, body } = await get(at);
  expect([status, body]).toEqual([404, "nothing here"]);
});

test("a link is followed as long as it stays in the folder", async () => {
  expect(await get("/same")).toMatchObject({ status: 200, body: "about" });
  for (const at of ["/secret.txt", "/outer/secret.txt"]) {
    expect(await get(at), at).toMatchObject({ status: 404, body: "nothing here" });
  }
});

test("wasm has its type, and only what changes its name with its content is kept for good", async () => {
  const wasm = await get("/engine/1.2.3/core.wasm");
  expect(wasm.headers).toMatchObject({
    "content-type": "application/wasm",
    "cache-control": "public, max-age=31536000, immutable",
  });
  const manifest = await get("/engine/manifest.json");
  expect(manifest.headers["cache-control"]).toBe("no-cache");
  const again = await get("/engine/manifest.json", { "if-none-match": manifest.headers.etag! });
  expect([again.status, again.body]).toEqual([304, ""]);
});

test("text travels compressed to who takes it, the rest as it is", async () => {
  const fetched = async (at: string, encoding: string) => {
    const response = await fetch(new URL(at, serving.url), {
      headers: { "accept-encoding": encoding },
    });
    return [response.headers.get("content-encoding"), await response.text()];
  };
  expect(await fetched("about", "gzip, br")).toEqual(["gzip", "about"]);
  expect(await fetched("about", "identity")).toEqual([null, "about"]);
  expect(await fetched("samples/A%20Song.mp3", "gzip")).toEqual([null, "ID3"]);
});

test("a port that is taken is said to be", async () => {
  await expect(serve(outer, serving.port)).rejects.toBeInstanceOf(PortTaken);
});
