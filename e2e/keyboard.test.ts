import type { Page } from "@playwright/test";
import { writeSongs, type SongSpec } from "../test/support/songs";
import { expectAllDelivered } from "./support/judge";
import { expect, filesIn, test } from "./support/test";

const song = (seed: number, seconds = 8): SongSpec => ({
  extension: "mp3",
  seconds,
  lufs: -18 - seed,
  seed,
});

/** Presses Tab until the control of this name has the focus: what cannot be reached so, fails. */
async function tabTo(page: Page, name: string): Promise<void> {
  const wanted = page.getByRole("main").or(page.getByRole("banner"));
  const focused = wanted.locator(":focus");
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press("Tab");
    const found = await focused.evaluateAll((elements) =>
      elements.map((element) => {
        const labels = (element as HTMLInputElement).labels;
        return (
          element.getAttribute("aria-label") ??
          labels?.[0]?.textContent ??
          element.textContent
        ).trim();
      }),
    );
    if (found.includes(name)) return;
  }
  throw new Error(`Tab does not lead to ${name}.`);
}

test("the whole journey by keyboard alone", async ({ levelUp, page, folder }) => {
  await writeSongs(folder, { "a.mp3": song(1), "b.mp3": song(2), "c.mp3": song(3, 20) });
  await levelUp.pickFolder(folder);
  const { keyboard } = page;

  await tabTo(page, "Choose folder");
  await keyboard.press("Enter");
  await levelUp.lookedThrough();
  await tabTo(page, "Change");
  await keyboard.press("Enter");
  await tabTo(page, "Preset");
  await keyboard.type("Apple");
  await expect(page.getByLabel("Target loudness (LUFS)", { exact: true })).toHaveValue("-16");

  // Measure by its button, look, then search and open a song without a mouse.
  await tabTo(page, "Measure");
  await keyboard.press("Enter");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 3, failed: 0 });
  await keyboard.press("/");
  await expect(page.getByRole("searchbox")).toBeFocused();
  // In a field, keys are letters: none of them starts, stops or opens anything.
  await keyboard.type("c.mp3?smpx/");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(levelUp.status).toHaveText(/^Finished: 3 of 3 measured/);
  for (let letter = 0; letter < 6; letter += 1) await keyboard.press("Backspace");
  await expect(levelUp.songs.getByRole("row")).toHaveCount(2);
  await tabTo(page, "Details");
  await keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "c.mp3" })).toBeVisible();
  await keyboard.press("Escape");
  await expect(levelUp.row("c.mp3").getByRole("button", { name: "Details" })).toBeFocused();
  await keyboard.press("/");
  for (let letter = 0; letter < 5; letter += 1) await keyboard.press("Backspace");
  await expect(levelUp.songs.getByRole("row")).toHaveCount(4);

  // Start, pause, go on, and change one's mind about stopping.
  await tabTo(page, "Status");
  await keyboard.press("s");
  await expect(levelUp.status).toHaveText(/^Leveling/);
  await keyboard.press("p");
  await expect(levelUp.status).toHaveText(/^Paused/);
  await keyboard.press("p");
  await expect(levelUp.status).toHaveText(/^Leveling/);
  await keyboard.press("x");
  await expect(page.getByRole("dialog", { name: "Stop the batch?" })).toBeVisible();
  await keyboard.press("Escape");
  expect(await levelUp.finished(90_000)).toMatchObject({ done: 3, failed: 0, stopped: 0 });

  // A stray key throws nothing of it away.
  for (const [key, asks] of [
    ["s", "Level all 3 songs again?"],
    ["m", "Measure all 3 songs again?"],
  ] as const) {
    await keyboard.press(key);
    await expect(page.getByRole("dialog", { name: asks })).toBeVisible();
    await keyboard.press("Escape");
  }
  await expect(levelUp.status).toHaveText(/^Finished: 3 of 3 leveled/);

  await tabTo(page, "Save report");
  const report = await levelUp.download(() => keyboard.press("Enter"));
  expect(report.suggestedFilename()).toMatch(/^levelup-report-.*\.json$/);
  expect((await filesIn(folder)).filter((name) => name.startsWith("Leveled/"))).toHaveLength(3);
  const asked = { target: -16, ceiling: -1, accuracy: 0.2 };
  expect(await expectAllDelivered(await levelUp.report(), folder, asked)).toBe(3);
});

test("the help lists the shortcuts and can turn single characters off", async ({
  levelUp,
  page,
}) => {
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "How LevelUp works" });
  await expect(help.getByRole("row", { name: /Goes to the search/ })).toBeVisible();
  await help.getByLabel("Single-character shortcuts").press("Space");
  await page.keyboard.press("Escape");
  await expect(help).toHaveCount(0);
  await page.keyboard.press("?");
  await expect(help).toHaveCount(0);

  // Kept for the next visit, and the way back needs no shortcut.
  await page.reload();
  await levelUp.press("Help");
  await expect(help.getByLabel("Single-character shortcuts")).not.toBeChecked();
  await help.getByLabel("Single-character shortcuts").press("Space");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await expect(help).toBeVisible();
});

test("the chosen theme is there before anything is drawn", async ({ levelUp, page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  const colours = () =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await colours();
  await levelUp.set({ Theme: "Dark" });
  const dark = await colours();
  expect(dark).not.toBe(light);
  // At the first element of the body, the page's own script has not run yet.
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (document.body === null) return;
      observer.disconnect();
      Object.assign(window, { firstTheme: document.documentElement.dataset["theme"] ?? null });
    }).observe(document, { childList: true, subtree: true });
  });
  await page.reload();
  expect(await page.evaluate(() => (window as unknown as { firstTheme: unknown }).firstTheme)).toBe(
    "dark",
  );
  await expect.poll(colours).toBe(dark);
  await levelUp.set({ Theme: "As the system" });
  await expect.poll(colours).toBe(light);
});
