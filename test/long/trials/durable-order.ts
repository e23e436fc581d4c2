// `npm run test:long -- durable-order`: in which order a page, which cannot fsync, replaces a file
// so that no power cut takes it. Several orders at once, through the File System Access API of a
// real browser, on file systems in files that are copied while mounted. Needs root and Linux; takes
// two minutes. docs/decisions/0012 has the figures.
import { createServer } from "node:http";
import { mkdirSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { chromium } from "@playwright/test";
import { ensureBrowser, launchArguments } from "../../../cli/in-browser/browser";
import { drop } from "../../../cli/in-browser/drop";
import { runNative } from "../../support/native-tools";
import {
  fileSystems,
  LoopImages,
  type FileSystemName,
  type LoopImage,
} from "../../support/loop-images";

const SONGS = 8;
const SONG_BYTES = 400_000;
const AGE = Number(process.env["LEVELUP_AGE"] ?? 45);
/** Seconds from one song to the next, and from one cut to the next. */
const EVERY = 1;
const CUT_EVERY = 3;

const orders = [
  "copy, swap at once",
  "copy, swap aged",
  "swap aged, no copy",
  "move, write new",
  "put back, copy removed at once",
  "put back, copy removed aged",
] as const;
type Order = (typeof orders)[number];

const bytesOf = (kind: "old" | "new", song: number): Buffer =>
  Buffer.alloc(SONG_BYTES, `${kind} bytes of song ${song}; `);

const images = await LoopImages.make(8);
const server = createServer((_, answer) => {
  answer.setHeader("content-type", "text/html").end("<body style='height: 90vh'>");
}).listen(0);
const browser = await chromium.launch({
  executablePath: await ensureBrowser(),
  args: launchArguments,
});
try {
  const mounted: LoopImage[] = [];
  for (const name of Object.keys(fileSystems) as FileSystemName[]) {
    const image = await images.add(name, 400);
    if (typeof image === "string") console.log(`${name}: not tried (${image})`);
    else mounted.push(image);
  }
  for (const { folder } of mounted) {
    layOut(folder);
    await runNative("sync", ["-f", folder]);
  }

  const page = await browser.newPage();
  const { port } = server.address() as { port: number };
  await page.goto(`http://localhost:${port}/`);
  // tsx names functions by a helper that the page does not have.
  await page.evaluate("globalThis.__name = (each) => each");
  await page.evaluate(() => {
    const scope = window as unknown as { dropped: FileSystemDirectoryHandle[] };
    scope.dropped = [];
    addEventListener("dragover", (event) => event.preventDefault());
    addEventListener("drop", (event) => {
      event.preventDefault();
      for (const item of event.dataTransfer!.items) {
        void item.getAsFileSystemHandle().then((handle) => {
          scope.dropped.push(handle as FileSystemDirectoryHandle);
        });
      }
    });
  });
  for (const [index, { folder }] of mounted.entries()) {
    await drop(page, [folder]);
    await page.waitForFunction(
      (count) => (window as unknown as { dropped: unknown[] }).dropped.length === count,
      index + 1,
    );
  }
  let ended = false;
  const took = page.evaluate(replaceAll, {
    ...{ orders: [...orders], songs: SONGS, bytes: SONG_BYTES, every: EVERY, age: AGE },
  });
  void took.finally(() => (ended = true)).catch(() => undefined);
  const began = Date.now();
  const cuts: { image: LoopImage; copy: string; at: number }[] = [];
  let endedAt: number | null = null;
  for (;;) {
    for (const image of mounted) {
      cuts.push({ image, copy: await images.cut(image), at: (Date.now() - began) / 1000 });
    }
    if (ended) endedAt ??= Date.now();
    if (endedAt !== null && Date.now() - endedAt > 12_000) break;
    await new Promise((resolve) => setTimeout(resolve, CUT_EVERY * 1000));
  }
  console.log("milliseconds a song, without waiting:", JSON.stringify(await took));
  await judge(mounted, cuts);
} finally {
  await browser.close();
  server.close();
  await images.close();
}

function layOut(folder: string): void {
  for (const order of orders) {
    const place = path.join(folder, order);
    mkdirSync(path.join(place, "Originals"), { recursive: true });
    for (let song = 0; song < SONGS; song++) {
      const restored = order.startsWith("put back");
      writeFileSync(path.join(place, `${song}.mp3`), bytesOf(restored ? "new" : "old", song));
      if (restored)
        writeFileSync(path.join(place, "Originals", `${song}.mp3`), bytesOf("old", song));
    }
  }
}

/** Runs in the page. Gives the mean time of each order, in milliseconds a song, without waits. */
async function replaceAll(given: {
  orders: string[];
  songs: number;
  bytes: number;
  every: number;
  age: number;
}): Promise<Record<string, number>> {
  const { dropped } = window as unknown as { dropped: FileSystemDirectoryHandle[] };
  type Movable = FileSystemFileHandle & {
    move(...to: (string | FileSystemDirectoryHandle)[]): Promise<void>;
  };
  const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const times: Record<string, number[]> = {};
  const replace = async (root: FileSystemDirectoryHandle, order: string, song: number) => {
    await sleep(song * given.every);
    const began = performance.now();
    let waited = 0;
    const age = async () => {
      const from = performance.now();
      await sleep(given.age);
      waited += performance.now() - from;
    };
    const text = `new bytes of song ${song}; `;
    const fresh = new Blob([text.repeat(given.bytes / text.length + 1)]).slice(0, given.bytes);
    const place = await root.getDirectoryHandle(order);
    const originals = await place.getDirectoryHandle("Originals");
    const name = `${song}.mp3`;
    const write = async (file: FileSystemFileHandle, blob: Blob, before?: () => Promise<void>) => {
      const stream = await file.createWritable();
      await stream.write(blob);
      await before?.();
      await stream.close();
    };
    const handle = (await place.getFileHandle(name)) as Movable;
    if (order.startsWith("put back")) {
      await write(handle, await (await originals.getFileHandle(name)).getFile());
      if (order.endsWith("aged")) await age();
      await originals.removeEntry(name);
    } else if (order.startsWith("move")) {
      const temporary = (await place.getFileHandle(`new ${song}`, { create: true })) as Movable;
      await write(temporary, fresh);
      await handle.move(originals, name);
      await temporary.move(name);
    } else {
      if (order.startsWith("copy")) {
        const copy = (await originals.getFileHandle(`copy ${song}`, { create: true })) as Movable;
        await write(copy, await handle.getFile());
        await copy.move(name);
      }
      await write(handle, fresh, order.includes("aged") ? age : undefined);
    }
    (times[order] ??= []).push(performance.now() - began - waited);
  };
  const all = dropped.flatMap((root) =>
    given.orders.flatMap((order) =>
      Array.from({ length: given.songs }, (_, song) => replace(root, order, song)),
    ),
  );
  await Promise.all(all);
  return Object.fromEntries(
    Object.entries(times).map(([order, each]) => [
      order,
      Math.round(each.reduce((sum, time) => sum + time, 0) / each.length),
    ]),
  );
}

/** Counts, for every file system and order, songs that were harmed at any of the cuts. */
async function judge(
  mounted: readonly LoopImage[],
  cuts: readonly { image: LoopImage; copy: string; at: number }[],
): Promise<void> {
  for (const image of mounted) {
    const ofImage = cuts.filter((cut) => cut.image === image);
    const found = new Map<Order, { lost: number; notInPlace: number; cuts: Set<number> }>();
    for (const { copy, at } of ofImage) {
      await images.afterCut(image, copy, async (folder) => {
        for (const order of orders) {
          const count = found.get(order) ?? { lost: 0, notInPlace: 0, cuts: new Set<number>() };
          found.set(order, count);
          for (let song = 0; song < SONGS; song++) {
            const [inPlace, kept] = await Promise.all(
              [`${song}.mp3`, `Originals/${song}.mp3`].map((name) =>
                readFile(path.join(folder, order, name)).catch(() => Buffer.alloc(0)),
              ),
            );
            const [old, fresh] = [bytesOf("old", song), bytesOf("new", song)];
            const whole = inPlace!.equals(old) || inPlace!.equals(fresh);
            if (!whole) count.notInPlace++;
            if (whole || kept!.equals(old)) continue;
            count.lost++;
            count.cuts.add(Math.round(at));
          }
        }
      });
    }
    for (const [order, { lost, notInPlace, cuts: at }] of found) {
      const when = at.size > 0 ? `, at ${[...at].join(" ")} s` : "";
      console.log(
        `${image.name} | ${order} | ${ofImage.length} cuts | lost ${lost} | not in place ${notInPlace}${when}`,
      );
    }
  }
}
