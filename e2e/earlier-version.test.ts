import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { writeSongs, type SongSpec } from "../test/support/songs";
import { contents, expect, filesIn, test } from "./support/test";

/** As 0.1.0 stored it, but for what depends on the folder: handles, paths and fingerprints. */
const stored = JSON.parse(
  await readFile(new URL("support/journal-0.1.0.json", import.meta.url), "utf8"),
) as Record<"head" | "ended" | "saving", Record<string, unknown>>;

const originalsText = `LevelUp replaced songs and kept their originals here.

Restore originals on its page puts them back. If you do not want them back, delete this folder.
`;

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest();
/** Of a file of up to 512 KiB. */
const fingerprint = (bytes: Buffer) => sha256(sha256(bytes)).toString("hex");

test("a batch of 0.1.0 that was cut off in Replace is resumed, with its settings, and no original is lost", async ({
  levelUp,
  folder,
  page,
}) => {
  const names = ["1.flac", "2.flac", "sub/3.flac", "sub/4.flac"];
  const song = (seed: number, lufs: number): SongSpec => ({
    ...{ extension: "flac", seconds: 3, seed, lufs },
  });
  await writeSongs(folder, Object.fromEntries(names.map((name, i) => [name, song(i + 1, -22)])));
  const originals = await contents(folder);
  const at = (name: string) => path.join(folder, name);
  // The first is done; the second was swapped in and not noted; the third was being written.
  await mkdir(at("Originals/sub"), { recursive: true });
  await writeFile(at("Originals/About these originals.txt"), originalsText);
  for (const name of names.slice(0, 3)) {
    await writeFile(at(`Originals/${name}`), originals.get(name)!.bytes);
  }
  await writeSongs(folder, { "1.flac": song(1, -18), "2.flac": song(2, -18) });
  const done = await contents(folder);
  await writeFile(at("sub/3.flac.crswap"), "half");
  await writeFile(at("Originals/sub/.levelup-0badcafe"), "half");

  const settings = { ...(stored.head["settings"] as object), targetLoudness: -18 };
  const saving = (name: string, print: string) => ({
    ...stored.saving,
    fingerprint: print,
    row: { ...(stored.saving["row"] as object), path: name, output: name },
  });
  const head = { ...stored.head, settings };
  const entries = [
    ["song b 0", stored.ended],
    ["song b 1", saving("2.flac", fingerprint(done.get("2.flac")!.bytes))],
    ["song b 2", saving("sub/3.flac", "0".repeat(64))],
  ] as const;
  await levelUp.pickFolder(folder);
  await page.evaluate(
    async ({ head, entries, settings }) => {
      const root = await window.showDirectoryPicker();
      // No named function in here: the compiler would call a helper that the page does not have.
      for (const [name, store, values] of [
        ["levelup-journal", "batches", [["head b", { ...head, roots: [root] }], ...entries]],
        ["keyval-store", "keyval", [["settings", { ...settings, targetLoudness: -23 }]]],
      ] as const) {
        const request = indexedDB.open(name);
        request.onupgradeneeded = () => request.result.createObjectStore(store);
        await new Promise((resolve) => (request.onsuccess = resolve));
        const write = request.result.transaction(store, "readwrite");
        for (const [key, value] of values) write.objectStore(store).put(value, key);
        await new Promise((resolve) => (write.oncomplete = resolve));
        request.result.close();
      }
    },
    { head, entries, settings },
  );
  await page.reload();
  const target = page.getByLabel("Target loudness (LUFS)");
  await expect(target).toHaveValue("-23");

  await levelUp.press("Resume");
  expect(await levelUp.finished(90_000)).toMatchObject({ songs: 4, done: 4, failed: 0 });
  await expect(target).toHaveValue("-18");
  const kept = names.map((name) => `Originals/${name}`);
  expect(await filesIn(folder)).toEqual(
    [...names, ...kept, "Originals/About these originals.txt"].sort(),
  );
  const after = await contents(folder);
  for (const name of names) {
    expect(after.get(`Originals/${name}`)?.equals(originals.get(name)!), name).toBe(true);
  }
  for (const name of names.slice(0, 2)) expect(after.get(name)?.equals(done.get(name)!)).toBe(true);
  const { files } = await levelUp.report();
  expect(files.slice(2).map(({ result }) => result?.integratedLufs?.toFixed(1))).toEqual([
    "-18.0",
    "-18.0",
  ]);

  // What it wrote is on no record: such songs are asked about, the others come back.
  await levelUp.press("Restore originals");
  const question = page.getByRole("dialog");
  await expect(
    question.getByRole("checkbox", { name: /^[12]\.flac: leveled by an earlier/ }),
  ).toHaveCount(2);
  await question.getByRole("button", { name: "Leave them all" }).click();
  const notice = page.locator(".notice-place");
  await expect(notice).toContainText("2 originals are back");
  await expect(notice).toContainText("1.flac (there is no record of what was written here)");
  const restored = await contents(folder);
  for (const name of names.slice(2)) {
    expect(restored.get(name)?.equals(originals.get(name)!), name).toBe(true);
  }
  for (const name of names.slice(0, 2)) {
    expect(restored.get(`Originals/${name}`)?.equals(originals.get(name)!), name).toBe(true);
  }
});
