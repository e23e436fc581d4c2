import { afterAll, beforeAll, expect, test } from "vitest";
import { exportFolder } from "../../scripts/build/export";
import { serve } from "../../scripts/serve";
import { LoopImages } from "../support/loop-images";
import { cutPower, type PowerCuts } from "../support/power-cut/cut-power";
import { Library } from "../support/power-cut/library";
import { byCommand, byPage, type Way } from "../support/power-cut/ways";

/**
 * The small form of `npm run test:long -- power-cut`: cuts of one file system that loses what was
 * renamed too early. The page waits as long as it does in use, so this takes two minutes; the command
 * has its bytes written to the disk and waits for nothing.
 */
const NAMES = ["ext4 noauto_da_alloc", "XFS"] as const;
const minutes = 60_000;

let page: Awaited<ReturnType<typeof serve>>;
let library: Library;
let images: LoopImages | string;
beforeAll(async () => {
  page = await serve(exportFolder, 0);
  library = await Library.make(8);
  // They lie on a file system that can copy a file at one moment, which is XFS.
  images = await LoopImages.make(8).catch((error: unknown) => String(error));
}, 2 * minutes);
afterAll(async () => {
  if (images instanceof LoopImages) await images.close();
  await library?.close();
  await page?.close();
});

const ways: readonly (readonly [string, () => Way, PowerCuts])[] = [
  [
    "the page",
    () => byPage(page.url, { keepOriginals: true, workers: 2, swapAge: null }),
    { every: 18, least: 6, afterEnd: 40, goOnEvery: 3 },
  ],
  ["the command", () => byCommand(2), { every: 0.5, least: 12, afterEnd: 1, goOnEvery: 6 }],
];

test.for(ways)(
  "%s: every song is whole at every power cut, in its place or in Originals, and Resume ends right",
  { timeout: 10 * minutes },
  async ([, way, options], { skip }) => {
    if (typeof images === "string") return skip(`No file systems can be mounted: ${images}`);
    const refused: string[] = [];
    for (const name of NAMES) {
      const image = await images.add(name, 600);
      if (typeof image === "string") {
        refused.push(`${name}: ${image}`);
        continue;
      }
      const found = await cutPower(way(), images, image, library, options);
      console.log(`${name}: ${JSON.stringify(found)}`);
      expect(found.wrong).toEqual([]);
      expect(found).toMatchObject({ whole: found.cuts, failed: 0 });
      expect(found.done).toBeGreaterThan(0);
      return;
    }
    skip(`The kernel has none of these: ${refused.join("; ")}`);
  },
);
