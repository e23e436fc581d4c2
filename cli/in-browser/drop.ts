import { statSync } from "node:fs";
import path from "node:path";
import type { Page } from "@playwright/test";

/**
 * Drops real files and folders on the page, as a hand would. Playwright has no call for it; the
 * DevTools protocol's drag events take absolute paths and give the page genuine handles.
 */
export async function drop(page: Page, paths: readonly string[]): Promise<void> {
  const files = paths.map((name) => path.resolve(name));
  // A missing path would be dropped as nothing at all.
  for (const file of files) statSync(file);
  const size = page.viewportSize() ?? { width: 800, height: 600 };
  const session = await page.context().newCDPSession(page);
  try {
    for (const type of ["dragEnter", "dragOver", "drop"] as const) {
      await session.send("Input.dispatchDragEvent", {
        type,
        x: Math.round(size.width / 2),
        y: Math.round(size.height / 2),
        data: { items: [], files, dragOperationsMask: 1 },
      });
    }
  } finally {
    await session.detach();
  }
}

/**
 * Lets `window.showDirectoryPicker` answer with a folder on disk. The native picker cannot be
 * operated; a handle can be had by a drop, which is kept from the page here. Call before `goto`.
 */
export async function preparePicker(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const scope = window as unknown as { nextDropIsPicked?: (() => void) | undefined };
    // No named function in here: the compiler would call a helper that the page does not have.
    for (const type of ["dragenter", "dragover", "drop"] as const) {
      window.addEventListener(
        type,
        (event) => {
          const picked = scope.nextDropIsPicked;
          if (picked === undefined) return;
          event.preventDefault();
          event.stopImmediatePropagation();
          if (type !== "drop") return;
          scope.nextDropIsPicked = undefined;
          void event.dataTransfer?.items[0]?.getAsFileSystemHandle().then((handle) => {
            window.showDirectoryPicker = () => Promise.resolve(handle as FileSystemDirectoryHandle);
            picked();
          });
        },
        { capture: true },
      );
    }
  });
}

/** After `preparePicker` and `goto`: the folder that the picker gives from now on. */
export async function setPickedFolder(page: Page, folder: string): Promise<void> {
  const picked = await page.evaluateHandle(() => {
    const done = new Promise<void>((resolve) => {
      Object.assign(window, { nextDropIsPicked: resolve });
    });
    return { done };
  });
  await drop(page, [folder]);
  await picked.evaluate(({ done }) => done);
  await picked.dispose();
}
