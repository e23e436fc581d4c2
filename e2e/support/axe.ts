import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import type { AxeResults } from "axe-core";

const source = readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Puts axe into the page by the DevTools, which the page's own policy does not bind. */
async function withAxe(page: Page): Promise<void> {
  if (await page.evaluate(() => "axe" in window)) return;
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: await source });
  await session.detach();
}

/** What axe finds, of whatever weight, in both themes: one line a node. */
export async function violations(page: Page, state: string): Promise<string[]> {
  await withAxe(page);
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    // Colours on their way from one theme to the other are no colours of either.
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const { violations: all } = await page.evaluate(() =>
      (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
    );
    for (const { id, nodes } of all) {
      for (const node of nodes) {
        found.push(
          `${state}, ${colorScheme}: ${id}: ${node.target.join(" ")}: ${node.failureSummary}`,
        );
      }
    }
  }
  return found;
}
