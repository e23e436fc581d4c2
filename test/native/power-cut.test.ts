import { afterAll, beforeAll, expect, test } from "vitest";
import { exportFolder } from "../../scripts/build/export";
import { serve } from "../../scripts/serve";
import { LoopImages } from "../support/loop-images";
import { cutPower, Library } from "../support/power-cut";

/**
 * The small form of `npm run test:long -- power-cut`: six cuts of one file system that loses what
 * was renamed too early. The page waits as long as it does in use, so this takes two minutes.
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

test(
  "every song is whole at every power cut, in its place or in Originals, and Resume ends right",
  async ({ skip }) => {
    if (typeof images === "string") return skip(`No file systems can be mounted: ${images}`);
    const refused: string[] = [];
    for (const name of NAMES) {
      const image = await images.add(name, 600);
      if (typeof image === "string") {
        refused.push(`${name}: ${image}`);
        continue;
      }
      const found = await cutPower(page.url, images, image, library, {
        ...{ keepOriginals: true, workers: 2, swapAge: null },
        ...{ every: 18, least: 6, afterEnd: 40, goOnEvery: 3 },
      });
      console.log(`${name}: ${JSON.stringify(found)}`);
      expect(found.wrong).toEqual([]);
      expect(found).toMatchObject({ whole: found.cuts, failed: 0 });
      expect(found.done).toBeGreaterThan(0);
      return;
    }
    skip(`The kernel has none of these: ${refused.join("; ")}`);
  },
  10 * minutes,
);
