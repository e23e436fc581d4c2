import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "@playwright/test";
import { writeSongs, type SongSpec } from "../test/support/songs";
import { expect, test } from "./support/test";

interface Layout {
  /** Rows of songs that are seen whole. */
  readonly rows: number;
  /** Of the first row, from the top of the window. */
  readonly first: number;
}

/** Where the songs are, with the page as it is when nobody has scrolled. */
const layoutOf = (page: Page): Promise<Layout> =>
  page.evaluate(() => {
    const table = document.querySelector("[role=table]")!.parentElement!.getBoundingClientRect();
    const end = Math.min(innerHeight, table.bottom);
    const rows = [...document.querySelectorAll("[role=table] [data-song]")].map((row) =>
      row.getBoundingClientRect(),
    );
    return {
      rows: rows.filter(({ top, bottom }) => top >= 0 && bottom <= end).length,
      first: Math.round(rows[0]!.top),
    };
  });

/** The browser's own entries for what moved without the person's doing; their sum is told. */
const watchShifts = (page: Page) =>
  page.evaluate(() => {
    const shifts = { sum: 0, what: [] as string[] };
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      type Shift = PerformanceEntry & {
        value: number;
        hadRecentInput: boolean;
        sources: readonly { node: Node | null }[];
      };
      for (const entry of list.getEntries() as Shift[]) {
        if (entry.hadRecentInput) continue;
        shifts.sum += entry.value;
        const moved = entry.sources.map(({ node }) => (node as Element | null)?.className ?? "");
        shifts.what.push(`${entry.value.toFixed(4)} ${moved.join(" | ")}`);
      }
    }).observe({ type: "layout-shift" });
  });
const shiftsOf = (page: Page) =>
  page.evaluate(() => (window as unknown as { shifts: { sum: number; what: string[] } }).shifts);

const songs: Readonly<Record<string, SongSpec>> = Object.fromEntries(
  Array.from({ length: 14 }, (_, index) => [
    `Album ${index % 3}/Song ${index + 1}.mp3`,
    { extension: "mp3", seconds: 8, lufs: -28 + 2 * (index % 10), seed: index + 1 },
  ]),
);

const windows = [
  { width: 1366, height: 657, first: 350, rows: 8 },
  { width: 390, height: 844, first: 570, rows: 4 },
];

test.use({ viewport: { width: 1366, height: 657 } });

for (const { first, rows, ...size } of windows) {
  test(`at ${size.width} × ${size.height} the songs have the room, from adding to the end, and nothing moves`, async ({
    levelUp,
    page,
    folder,
  }) => {
    await page.setViewportSize(size);
    await writeSongs(folder, songs);
    await writeFile(path.join(folder, "Album 0/A broken one.mp3"), "no song".repeat(500));
    // Some cannot get there by gain alone: what is offered then has its place too.
    await levelUp.set({ Workers: 2, "When peaks are too high": "Stay quieter" });
    await page.getByText("More settings", { exact: true }).click();
    await watchShifts(page);
    await levelUp.add([folder]);
    const added = await layoutOf(page);
    expect(added.rows).toBeGreaterThanOrEqual(rows);
    expect(added.first).toBeLessThan(first);
    // One line says the settings; the controls are behind it.
    await expect(page.getByRole("region", { name: "Settings" })).toContainText(
      /−14 LUFS.· −1 dBTP.· Stay quieter.· Track.· into/,
    );
    await expect(page.getByLabel("Preset", { exact: true })).toBeHidden();

    await levelUp.press("Measure");
    expect(await levelUp.finished(120_000)).toMatchObject({ done: 14, failed: 1 });
    await expect(page.getByRole("button", { name: /^Set target to/ })).toBeVisible();
    expect((await layoutOf(page)).first).toBe(added.first);
    const fourth = page.waitForEvent("console", (line) => / completed job 4\//.test(line.text()));
    await levelUp.press("Start");
    await fourth;
    expect(await layoutOf(page)).toEqual(added);
    expect(await levelUp.finished(120_000)).toMatchObject({ songs: 15, failed: 1 });
    expect(await layoutOf(page)).toEqual(added);
    const { sum, what } = await shiftsOf(page);
    expect(sum, what.join("\n")).toBeLessThan(0.02);
  });
}

test("a wrong drop is told where it was dropped, and to those who listen", async ({
  levelUp,
  page,
  folder,
}) => {
  await writeSongs(folder, {});
  await page.evaluate(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(["no song"], "notes.txt"));
    window.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, cancelable: true }));
  });
  await levelUp.lookedThrough();
  const zone = page.getByRole("region", { name: "Drop songs or folders here" });
  await expect(zone).toContainText("There is no song among what was added.");
  await expect(page.locator("[aria-live=polite].sr-only")).toHaveText(
    "No song was added. Left out 1 file. The list is empty.",
  );
});

test("the focus rests where the button was that has gone, and the songs are one step away", async ({
  levelUp,
  page,
  folder,
}) => {
  await writeSongs(folder, {
    "a.mp3": songs["Album 0/Song 1.mp3"]!,
    "b.mp3": songs["Album 1/Song 2.mp3"]!,
  });
  await levelUp.pickFolder(folder);
  const { keyboard } = page;
  await levelUp.button("Choose folder").focus();
  await keyboard.press("Enter");
  await levelUp.lookedThrough();
  await expect(levelUp.status).toBeFocused();
  await keyboard.press("Tab");
  await expect(levelUp.button("Start")).toBeFocused();
  await keyboard.press("Enter");
  await levelUp.finished(60_000);
  await expect(levelUp.status).toBeFocused();

  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await page.getByRole("link", { name: "Skip to the songs" }).focus();
  await keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Songs", exact: true })).toBeFocused();
  await page.getByRole("checkbox", { name: "Select a.mp3" }).check();
  await levelUp.button("Take off the list").focus();
  await keyboard.press("Enter");
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).not.toBe("BODY");
});
