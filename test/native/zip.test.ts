import { resolveObjectURL } from "node:buffer";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { ZipDownload } from "@/lib/files/zip-download";
import { runNative } from "../support/native-tools";

test.each([3, 65_535, 66_000])("a download of %d files opens in Info-ZIP", async (count) => {
  const download = new ZipDownload("all.zip");
  for (let number = 1; number <= count; number++) {
    await download.add(`${number % 100}/${number}.mp3`, new Blob([String(number)]));
  }
  const ready = await download.finish();
  const folder = await mkdtemp(path.join(os.tmpdir(), "levelup-zip-"));
  try {
    const zip = resolveObjectURL(ready!.url)!;
    const file = path.join(folder, "all.zip");
    await writeFile(file, new Uint8Array(await zip.arrayBuffer()));
    expect(await runNative("unzip", ["-tq", file])).toContain("No errors detected");
    const listed = await runNative("unzip", ["-Z1", file]);
    expect(listed.trimEnd().split("\n")).toHaveLength(count);
    expect(await runNative("unzip", ["-p", file, `${count % 100}/${count}.mp3`])).toBe(
      String(count),
    );
    const last = await download.entry(`${count % 100}/${count}.mp3`);
    expect(await last.text()).toBe(String(count));
  } finally {
    URL.revokeObjectURL(ready!.url);
    await rm(folder, { recursive: true, force: true });
  }
});
