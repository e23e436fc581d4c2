import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { CreateCore } from "@/lib/ffmpeg/core-types";
import { CoreInstance } from "@/lib/ffmpeg/core-instance";
import { createFfmpeg } from "@/lib/ffmpeg/instance";
import { OPENING } from "@/lib/ffmpeg/opening";
import { readProbe } from "@/lib/ffmpeg/probe";
import { freshFfmpeg } from "../../support/song-tools";

const glue = new URL("../../../node_modules/@ffmpeg/core/dist/esm/ffmpeg-core.js", import.meta.url);

describe("an ffmpeg instance", () => {
  it("hands every byte that it reads and writes to the mounted files", async () => {
    const ffmpeg = await freshFfmpeg();
    const source = new Float32Array(44_100).map((_, i) => 0.5 * Math.sin(i / 20));
    const bytes = new Uint8Array(source.buffer);
    ffmpeg.mount("/in/pcm", {
      size: bytes.length,
      read(position, target) {
        const part = bytes.subarray(position, position + target.length);
        target.set(part);
        return part.length;
      },
    });
    let written = new Uint8Array(0);
    ffmpeg.mount("/out/pcm", {
      get size() {
        return written.length;
      },
      write(position, part) {
        expect(position).toBe(written.length);
        const longer = new Uint8Array(written.length + part.length);
        longer.set(written);
        longer.set(part, position);
        written = longer;
      },
    });
    const raw = ["-f", "f32le", "-ar", "44100", "-ac", "1"];
    const run = ffmpeg.run([
      ...raw,
      "-i",
      "/in/pcm",
      "-c:a",
      "pcm_f32le",
      "-f",
      "f32le",
      "/out/pcm",
    ]);
    expect(run.ok).toBe(true);
    expect(written).toEqual(bytes);
  });

  it("survives far more commands than the core's own stack would", async () => {
    const ffmpeg = await freshFfmpeg();
    for (let run = 0; run < 60; run++) {
      const { ok, log } = ffmpeg.run(["-i", "/no/such/song", "-f", "null", "-"]);
      expect(ok).toBe(false);
      expect(log.join("\n")).toContain("No such file");
    }
  }, 60_000);

  it("lets an error of a mounted file through, and works on", async () => {
    const ffmpeg = await freshFfmpeg();
    class Torn extends Error {}
    ffmpeg.mount("/in/song", {
      size: 10_000,
      read: () => {
        throw new Torn("the disk was pulled out");
      },
    });
    expect(() => ffmpeg.probe("/in/song")).toThrow(Torn);
    ffmpeg.unmount("/in/song");
    expect(ffmpeg.exists("/in/song")).toBe(false);
    expect(readProbe(ffmpeg.probe("/in/song"))).toBe("not-audio");
  });

  it("rejects, rather than waiting for ever, when the core cannot be instantiated", async () => {
    const { default: create } = (await import(glue.href)) as { default: CreateCore };
    // A module that needs what the core does not provide.
    const kernel = new URL("../../../lib/kernel/build/kernel.wasm", import.meta.url);
    const wrong = new WebAssembly.Module(readFileSync(kernel));
    await expect(createFfmpeg(new CoreInstance(create, wrong))).rejects.toThrow();
  });

  it.each([
    ["a concat script", "ffconcat version 1.0\nfile 'secret.wav'\n"],
    ["an HLS list", "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nsecret.wav\n#EXT-X-ENDLIST\n"],
  ])("opens nothing that %s names", async (_, list) => {
    const ffmpeg = await freshFfmpeg();
    const bytes = new TextEncoder().encode(list);
    const mount = (path: string, onRead: () => void) =>
      ffmpeg.mount(path, {
        size: bytes.length,
        read(position, target) {
          onRead();
          const part = bytes.subarray(position, position + target.length);
          target.set(part);
          return part.length;
        },
      });
    let [reads, leaks] = [0, 0];
    mount("/song/source", () => (reads += 1));
    mount("/song/secret.wav", () => (leaks += 1));
    expect(readProbe(ffmpeg.probe("/song/source"))).toBe("not-audio");
    ffmpeg.run([...OPENING, "-i", "/song/source", "-f", "null", "-"]);
    expect(reads).toBeGreaterThan(0);
    expect(leaks).toBe(0);
  });
});
