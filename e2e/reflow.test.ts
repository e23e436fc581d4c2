import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "@playwright/test";
import { LevelUpPage } from "../cli/in-browser/page";
import { writeSongs, type SongSpec } from "../test/support/songs";
import { appUrl, expect, test } from "./support/test";

/** WCAG 1.4.10: what 1280 pixels show at a zoom of 400 %. */
const narrow = { width: 320, height: 640 };
const wide = { width: 1280, height: 900 };

const song = (seed: number, seconds: number): SongSpec => ({
  ...{ extension: "mp3", seconds, lufs: -20 - seed, seed },
});

/** Every box that would have to be scrolled sideways, or that reaches out of the window. */
const tooWide = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("html, body, body *")]
      .filter((element) => {
        const { overflowX, position } = getComputedStyle(element);
        const scrolls = element === document.documentElement || /auto|scroll/.test(overflowX);
        if (scrolls && element.scrollWidth > element.clientWidth) return true;
        const { left, right, width, height } = element.getBoundingClientRect();
        // What only a screen reader finds is one pixel large.
        if (width <= 1 || height <= 1 || position === "fixed") return false;
        if (element.closest("svg, .sr-only, [class*=skip]") !== null) return false;
        return left < -1 || right > innerWidth + 1;
      })
      .map(
        (element) => `${element.tagName} ${element.className} ${element.textContent.slice(0, 40)}`,
      ),
  );

test("every state fits into 320 pixels, with its buttons in reach", async ({
  levelUp,
  page,
  folder,
  context,
}) => {
  await writeSongs(folder, {
    "An album with a long name that goes on/A song with a long name, and no spaces_in_the_second_half_of_it.mp3":
      song(1, 40),
    "2.mp3": song(2, 40),
    "3.mp3": song(3, 40),
  });
  await writeFile(path.join(folder, "broken.mp3"), "no song at all".repeat(300));

  const check = async (state: string, buttons: readonly string[], on: Page = page) => {
    expect(await tooWide(on), state).toEqual([]);
    for (const name of buttons) {
      const button = on.getByRole("button", { name, exact: true });
      await button.click({ trial: true, timeout: 5_000 }).catch((error: unknown) => {
        throw new Error(`${state}: ${name} is out of reach. ${String(error)}`);
      });
    }
  };

  await page.setViewportSize(narrow);
  await page.goto(appUrl());
  await expect(levelUp.button("Choose folder")).toBeEnabled();
  await check("empty", ["Choose folder", "Choose files", "Try sample songs", "Help"]);
  await levelUp.press("Help");
  await check("help", ["Close help"]);
  await page.keyboard.press("Escape");
  await levelUp.set({ Workers: 1 });
  await check("more settings", ["Choose folder"]);
  await levelUp.add([folder]);
  await check("added", ["Start", "Measure", "Choose folder", "Clear list", "Save report"]);

  await levelUp.press("Measure");
  await levelUp.finished(60_000);
  await check("measured", ["Start", "Measure", "Retry failed", "Hear songs in a row", "Loudness"]);
  await page.getByRole("radio", { name: /^Failed/ }).check();
  await check("failed alone", ["Retry failed"]);
  await page.getByRole("radio", { name: /^All/ }).check();
  await page.getByRole("checkbox", { name: "Select 2.mp3" }).check();
  await check("selected", ["Level these songs", "Take off the list", "Deselect"]);
  await levelUp.press("Deselect");
  await levelUp.row("2.mp3").getByRole("button", { name: "Details" }).click();
  await check("detail", ["Close"]);
  await page.getByText("Numbers", { exact: true }).click();
  await check("numbers of a detail", ["Close"]);
  await page.keyboard.press("Escape");

  await levelUp.set({ "Save to": "Replace originals" });
  await levelUp.press("Start");
  await page.getByRole("dialog").waitFor();
  await check("question", ["Replace originals", "Cancel"]);
  await page.keyboard.press("Escape");
  await levelUp.set({ "Save to": "Leveled folder" });

  await levelUp.press("Start");
  await expect(levelUp.status).toHaveText(/^Leveling/);
  await check("leveling", ["Pause", "Stop"]);
  await levelUp.press("Pause");
  await check("paused", ["Resume", "Stop", "End after these songs"]);
  await page.keyboard.press("x");
  await check("asking before the batch is stopped", ["Go on", "Stop at once"]);
  await page.keyboard.press("Escape");
  await expect(levelUp.status).toHaveText(/^Paused/);

  await page.close();
  const next = await context.newPage();
  const again = new LevelUpPage(next);
  await again.prepare();
  await next.setViewportSize(wide);
  await again.open(appUrl());
  await next.setViewportSize(narrow);
  await next.getByRole("region", { name: "Unfinished batch" }).waitFor();
  await check("unfinished", ["Resume", "Forget it"], next);
  await again.press("Resume");
  expect(await again.finished(90_000)).toMatchObject({ done: 3, failed: 1 });
  await check("finished", ["Start", "Retry failed", "Level again", "Save report"], next);
  await again.press("Distribution");
  await check("distribution", ["Report as CSV", "Print report"], next);
});
