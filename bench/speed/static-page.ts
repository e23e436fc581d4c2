import { cpSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "@playwright/test";
import { serve } from "../../scripts/serve";

/** A page of the benchmark's own, beside the product's in the same browser. */
export interface StaticPage {
  readonly page: Page;
  close(): Promise<void>;
}

/**
 * Serves the folder `own` of this room with what else it needs (name → folder), copied to
 * `folder`, and opens it. The page says by `data-ready` that it can be used.
 */
export async function openStaticPage(
  browser: Browser,
  own: string,
  others: Readonly<Record<string, string>>,
  folder: string,
): Promise<StaticPage> {
  cpSync(fileURLToPath(new URL(own, import.meta.url)), folder, { recursive: true });
  for (const [name, from] of Object.entries(others)) {
    cpSync(from, path.join(folder, name), { recursive: true });
  }
  const serving = await serve(folder, 0);
  const page = await browser.newPage();
  await page.goto(serving.url);
  await page.locator("html[data-ready]").waitFor();
  return {
    page,
    async close() {
      await page.close();
      await serving.close();
    },
  };
}
