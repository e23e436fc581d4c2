import type { BrowserContext, Page } from "@playwright/test";

/** Pages that are opened from now on let their swaps wait for so long, in milliseconds. */
export async function setSwapAge(pages: BrowserContext | Page, swapAge: number): Promise<void> {
  await pages.addInitScript((age) => Object.assign(globalThis, { swapAge: age }), swapAge);
}
