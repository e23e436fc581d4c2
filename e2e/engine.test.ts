import { writeSongs } from "../test/support/songs";
import { expectAllDelivered } from "./support/judge";
import { expect, test } from "./support/test";

// What comes over the network is meant here, not what the service worker keeps.
test.use({ serviceWorkers: "block" });

test("an engine that arrives altered is not run, and Start tries again", async ({
  levelUp,
  folder,
  page,
}) => {
  await writeSongs(folder, { "a.mp3": { extension: "mp3", seconds: 6, lufs: -20 } });
  let altering = true;
  await page.route(/ffmpeg-core\.wasm\.gzip$/, async (route) => {
    if (!altering) return route.continue();
    const response = await route.fetch();
    const body = await response.body();
    const middle = Math.floor(body.length / 2);
    body.writeUInt8(body.readUInt8(middle) ^ 1, middle);
    await route.fulfill({ response, body });
  });
  await levelUp.add([folder]);
  await levelUp.press("Start");
  const told = page.getByRole("alert").filter({ hasText: "The audio engine could not be loaded." });
  await expect(told).toBeVisible();

  altering = false;
  await levelUp.press("Start");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 1, songs: 1, failed: 0 });
  expect(await expectAllDelivered(await levelUp.report(), folder)).toBe(1);
});

test("a worker that is asked to tells what its ffmpeg is told and says", async ({
  levelUp,
  folder,
  page,
}) => {
  await writeSongs(folder, { "a.mp3": { extension: "mp3", seconds: 6, lufs: -20 } });
  const started = page.waitForEvent("worker");
  await levelUp.add([folder]);
  const worker = await started;
  const lines: string[] = [];
  page.on("console", (line) => void (/^ffmpeg /.test(line.text()) && lines.push(line.text())));
  await worker.evaluate(() => Object.assign(globalThis, { ffmpegLog: true }));
  await levelUp.press("Measure");
  await levelUp.finished(60_000);
  await expect.poll(() => lines).not.toEqual([]);
  const told = [...lines];
  expect(told[0]).toMatch(/ -i \S+ .*f32le/);
  // The next batch has another worker, which nobody has asked.
  await levelUp.press("Start");
  await levelUp.finished(60_000);
  expect(lines).toEqual(told);
});

test("an engine that does not arrive is said so, and Start tries again", async ({
  levelUp,
  folder,
  page,
}) => {
  await writeSongs(folder, { "a.mp3": { extension: "mp3", seconds: 6, lufs: -20 } });
  for (const answer of ["none", "an error", "half"] as const) {
    await page.unrouteAll({ behavior: "wait" });
    await page.route(/ffmpeg-core\.wasm\.gzip$/, async (route) => {
      if (answer === "none") return route.abort("connectionreset");
      if (answer === "an error") return route.fulfill({ status: 503 });
      const response = await route.fetch();
      const body = await response.body();
      await route.fulfill({ response, body: body.subarray(0, body.length / 2) });
    });
    if (answer === "none") await levelUp.add([folder]);
    await levelUp.press("Start");
    const told = page.locator(".notice-place");
    await expect(told, answer).toContainText("The audio engine could not be loaded.");
    expect(await levelUp.statusText()).toBe("Ready");
    await told.getByRole("button", { name: "Dismiss" }).click();
    await expect(told, answer).toBeEmpty();
  }

  await page.unrouteAll({ behavior: "wait" });
  await levelUp.press("Start");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 1, songs: 1, failed: 0 });
});

test("the engine is fetched once there are songs, not before, and once", async ({
  levelUp,
  folder,
  page,
  requests,
}) => {
  const fetched = () => requests.filter((url) => url.endsWith("ffmpeg-core.wasm.gzip")).length;
  await writeSongs(folder, {
    "a.mp3": { extension: "mp3", seconds: 6, lufs: -20 },
    "b.flac": { extension: "flac", seconds: 6, lufs: -25, seed: 2 },
  });
  await page.waitForLoadState("networkidle");
  expect(fetched(), "for a visitor who only looks").toBe(0);
  await levelUp.add([folder]);
  await levelUp.press("Measure");
  await levelUp.finished(60_000);
  await levelUp.press("Start");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 2, songs: 2, failed: 0 });
  expect(fetched()).toBe(1);
});
