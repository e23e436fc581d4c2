import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fingerprint } from "@/lib/files/checksum";
import { asBlob, piece, sameBytes, sizeOf } from "@/lib/storage/song-bytes";
import { bytesSource } from "@/lib/formats";
import { encodedDelivery } from "@/lib/song-path/delivery";
import { mp3Hints } from "@/lib/formats/mpeg/hints";
import { pcmChunks, pcmSink, pcmSource } from "@/lib/song-path/pcm";
import { BlockPool, MemoryScratch, ScratchBudgetExceeded } from "@/lib/storage/scratch";
import { song } from "../song-path/sources";

const MEGABYTE = 1 << 20;

describe("a scratch in memory", () => {
  it("reads back what was written, wherever it was written, and nothing of songs before", async () => {
    const pool = new BlockPool();
    const write = fc.record({
      // Around the borders of its blocks.
      position: fc.oneof(
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: MEGABYTE - 50, max: MEGABYTE + 50 }),
      ),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 200 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 8 }), async (writes) => {
        const earlier = new MemoryScratch(2 * MEGABYTE, undefined, pool);
        earlier.write(0, new Uint8Array(2 * MEGABYTE).fill(255));
        earlier.dispose();
        const scratch = new MemoryScratch(2 * MEGABYTE, undefined, pool);
        const model = new Uint8Array(2 * MEGABYTE);
        let size = 0;
        for (const { position, bytes } of writes) {
          scratch.write(position, bytes);
          model.set(bytes, position);
          size = Math.max(size, position + bytes.length);
        }
        expect(scratch.size).toBe(size);
        const from = Math.max(0, size - 300);
        const target = new Uint8Array(400);
        expect(scratch.read(from, target)).toBe(size - from);
        expect(Buffer.compare(target.subarray(0, size - from), model.subarray(from, size))).toBe(0);
        expect(scratch.read(size, target)).toBe(0);
        const taken = await asBlob(await encodedDelivery(scratch).take()).arrayBuffer();
        expect(Buffer.compare(new Uint8Array(taken), model.subarray(0, size))).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it("takes its budget and not one byte more", () => {
    const scratch = new MemoryScratch(1000);
    scratch.write(0, new Uint8Array(1000));
    expect(() => scratch.write(1000, new Uint8Array(1))).toThrow(ScratchBudgetExceeded);
    expect(scratch.size).toBe(1000);
  });
});

describe("a song's bytes in memory, part by part", () => {
  const parts = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 });
  const whole = (given: readonly Uint8Array[]) =>
    Uint8Array.from(given.flatMap((each) => [...each]));

  it("are those of the file that they become, wherever one looks", async () => {
    await fc.assert(
      fc.asyncProperty(parts, fc.nat(250), fc.nat(250), async (given, a, b) => {
        const bytes = given;
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        expect(sizeOf(bytes)).toBe(whole(bytes).length);
        expect(await piece(bytes, from, to)).toEqual(whole(bytes).slice(from, to));
        expect(await sameBytes(bytes, asBlob(bytes))).toBe(true);
        expect(await fingerprint(bytes)).toBe(await fingerprint(asBlob(bytes)));
      }),
    );
  });

  it("are found different when one byte of many is", async () => {
    const at = fc.nat(1_200_000 - 1);
    const zeros = [new Uint8Array(700_000), new Uint8Array(500_000)];
    await fc.assert(
      fc.asyncProperty(at, async (place) => {
        const other = new Uint8Array(1_200_000);
        other[place] = 1;
        expect(await sameBytes(zeros, [other])).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  it("lie in memory that goes back to the pool once, and the pool keeps no more than it may", () => {
    const pool = new BlockPool();
    const scratch = new MemoryScratch(200 * MEGABYTE, undefined, pool);
    for (let block = 0; block < 140; block++) scratch.write(block * MEGABYTE, Uint8Array.of(1));
    const blocks = scratch.toBlocks();
    scratch.dispose();
    const fresh = pool.take();
    expect(blocks.some(({ buffer }) => buffer === fresh.buffer)).toBe(false);
    pool.giveBack(blocks);
    const taken = Array.from({ length: 140 }, () => pool.take().buffer);
    expect(new Set(taken).size).toBe(140);
    expect(blocks.filter(({ buffer }) => taken.includes(buffer))).toHaveLength(128);
  });
});

describe("samples on their way to an encoder", () => {
  it("arrive as they were, in pieces of any length", () => {
    const samples = fc.float32Array({ noNaN: true, maxLength: 300 });
    fc.assert(
      fc.property(
        fc.array(samples),
        fc.infiniteStream(fc.integer({ min: 1, max: 500 })),
        (chunks, lengths) => {
          const all = chunks.flatMap((chunk) => [...chunk]);
          const rest = [...chunks];
          const file = pcmSource(all.length * 4, () => rest.shift() ?? null);
          const out = new Uint8Array(all.length * 4);
          let position = 0;
          for (;;) {
            const target = new Uint8Array(lengths.next().value as number);
            const read = file.read!(position, target);
            if (read === 0) break;
            out.set(target.subarray(0, read), position);
            position += read;
          }
          expect([...new Float32Array(out.buffer)]).toEqual(all);
        },
      ),
    );
  });

  it("come out of a scratch in whole frames", () => {
    const scratch = new MemoryScratch(MEGABYTE * 4);
    const samples = Float32Array.from({ length: 3 * 50_000 }, (_, i) => i);
    scratch.write(0, new Uint8Array(samples.buffer));
    const next = pcmChunks(scratch, 3);
    const all: number[] = [];
    for (let chunk = next(); chunk !== null; chunk = next()) {
      expect(chunk.length % 3).toBe(0);
      all.push(...chunk);
    }
    expect(all).toEqual([...samples]);
  });

  it("are handed on at once, and never out of order", () => {
    const received: number[] = [];
    const sink = pcmSink((chunk) => received.push(...chunk));
    // As in the core's memory: at any address.
    const heap = new Uint8Array(64);
    const view = heap.subarray(3, 11);
    view.set(new Uint8Array(Float32Array.of(0.5, -1).buffer));
    sink.write!(0, view);
    expect(received).toEqual([0.5, -1]);
    expect(sink.size).toBe(8);
    expect(() => sink.write!(0, view)).toThrow("out of order");
  });
});

describe("what an MP3's first frame tells of its encoder", () => {
  const mp3 = (...options: string[]) => song("dynamic", "a.mp3", "-c:a", "libmp3lame", ...options);

  it("is a variable rate", async () => {
    const bytes = await mp3("-q:a", "2");
    expect(mp3Hints(bytesSource(bytes))).toMatchObject({ variableRate: true });
  });

  it("is nothing at a constant rate", async () => {
    const none = { variableRate: false, lameQuality: null };
    expect(mp3Hints(bytesSource(await mp3("-b:a", "128k")))).toEqual(none);
    expect(mp3Hints(bytesSource(new Uint8Array(1000)))).toEqual(none);
    expect(mp3Hints(bytesSource(new Uint8Array(0)))).toEqual(none);
  });

  it("is LAME's own quality where LAME wrote it", async () => {
    const bytes = (await mp3("-q:a", "2")).slice();
    // ffmpeg's header, made LAME's: quality 100 - 10·V - q with V = 3, method 4 (VBR, mtrh).
    const xing = Buffer.from(bytes).indexOf("Xing");
    const view = new DataView(bytes.buffer);
    expect(view.getUint32(xing + 4) & 15).toBe(15);
    view.setUint32(xing + 8 + 4 + 4 + 100, 100 - 30 - 3);
    bytes.set(Buffer.from("LAME3.100"), xing + 8 + 4 + 4 + 100 + 4);
    bytes[xing + 8 + 4 + 4 + 100 + 4 + 9] = 4;
    expect(mp3Hints(bytesSource(bytes))).toEqual({ variableRate: true, lameQuality: 3 });
  });

  it("is found behind any bytes, without an end to look for", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (junk) => {
        const { lameQuality } = mp3Hints(bytesSource(junk));
        expect(lameQuality === null || (lameQuality >= 0 && lameQuality <= 9)).toBe(true);
      }),
    );
  });
});
