import type { Page } from "@playwright/test";

/**
 * Makes the page's disk slow: a song's bytes take so many milliseconds to be written and as long
 * again to be swapped in. A write is open all the while. Our own record is written as ever.
 */
export async function slowWrites(page: Page, milliseconds: number): Promise<void> {
  await page.addInitScript((wait) => {
    // How long bytes lie before they are swapped in is not what is tested here.
    Object.assign(globalThis, { swapAge: 0 });
    const stream = FileSystemWritableFileStream.prototype;
    const { write, close } = stream;
    const slow = new WeakSet<FileSystemWritableFileStream>();
    const pause = () => new Promise((resolve) => setTimeout(resolve, wait));
    stream.write = async function (this: FileSystemWritableFileStream, data) {
      if ((data instanceof Blob ? data.size : (data as Uint8Array).byteLength) > 10_000) {
        slow.add(this);
        await pause();
      }
      await write.call(this, data);
    };
    stream.close = async function (this: FileSystemWritableFileStream) {
      if (slow.has(this)) await pause();
      await close.call(this);
    };
  }, milliseconds);
}
