import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { readFile } from "node:fs/promises";
import type { Page, Worker } from "@playwright/test";
import { makeSong, writeInto, writeSongs, type SongSpec } from "../test/support/songs";
import { expectAllDelivered } from "./support/judge";
import { appUrl, expect, filesIn, test as base } from "./support/test";
import { readZip } from "./support/zip";

const test = base.extend<{
  /** What the page's policy refused, from before the first script on. */
  readonly violations: string[];
  /** Another origin, which counts who asks it for something. */
  readonly elsewhere: { readonly url: string; readonly asked: string[] };
}>({
  violations: [
    async ({ page }, use) => {
      const violations: string[] = [];
      await page.exposeBinding("reportViolation", (_, text: string) => violations.push(text));
      await page.addInitScript(() => {
        document.addEventListener("securitypolicyviolation", (event) => {
          const { reportViolation } = window as unknown as Record<string, (text: string) => void>;
          reportViolation!(`${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`);
        });
      });
      // Those of workers show on the console alone.
      page.on("console", (message) => {
        if (/Content Security Policy|Trusted/.test(message.text())) violations.push(message.text());
      });
      await use(violations);
    },
    { auto: true },
  ],
  elsewhere: async ({}, use) => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? "");
      response.writeHead(200, { "Access-Control-Allow-Origin": "*" }).end("1");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    await use({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked });
    server.closeAllConnections();
    server.close();
  },
});

const songs: Readonly<Record<string, SongSpec>> = {
  "one.mp3": { extension: "mp3", seconds: 6, lufs: -20, seed: 1 },
  "two.flac": { extension: "flac", seconds: 6, lufs: -25, seed: 2 },
  "three.ogg": { extension: "ogg", seconds: 6, lufs: -10, seed: 3, drive: 4 },
  "four.m4a": { extension: "m4a", seconds: 6, lufs: -23, seed: 5 },
};

const controlled = (page: Page) =>
  expect
    .poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state ?? "none"))
    .toBe("activated");

test("the whole job runs under the page's policy, without one violation", async ({
  levelUp,
  page,
  folder,
  violations,
  requests,
}) => {
  const policy = page.locator("meta[http-equiv=Content-Security-Policy]");
  await expect(policy).toHaveCount(1);
  expect(await policy.getAttribute("content")).toContain("default-src 'none'");

  await writeSongs(folder, songs);
  await levelUp.set({ Workers: 2 });
  await levelUp.add([folder]);
  await levelUp.press("Start");
  expect(await levelUp.finished(90_000)).toMatchObject({ done: 4, songs: 4, failed: 0 });
  expect(await expectAllDelivered(await levelUp.report(), folder)).toBe(4);

  // The parts of the page that a batch does not touch.
  await levelUp.press("Clear list");
  await levelUp.set({ "Save to": "Download" });
  await levelUp.press("Try sample songs");
  await levelUp.lookedThrough();
  await levelUp.press("Start");
  expect(await levelUp.finished(90_000)).toMatchObject({ done: 5, failed: 0 });
  await levelUp.download(() => page.getByRole("link", { name: /^Download / }).click());
  await levelUp.download(() => levelUp.press("Report as CSV"));
  await levelUp.press("Help");
  await expect(page.getByText("Ready to work offline")).toBeVisible();

  expect(violations).toEqual([]);
  const own = new URL(appUrl()).origin;
  const foreign = requests.filter(
    (url) => !/^(?:data|blob|about):/.test(url) && !url.startsWith(`${own}/`),
  );
  expect(foreign, "by the page, its workers and its service worker").toEqual([]);
  expect(requests.filter((url) => url.endsWith("/sw.js"))).not.toEqual([]);
});

test("what is not the page's own is refused, and nothing is asked of another place", async ({
  page,
  elsewhere,
  violations,
}) => {
  // Without the fixture `levelUp`: DevTools also tell of requests that are refused before they leave.
  await page.goto(appUrl());
  const tries = await page.evaluate(async (url) => {
    const outcome = async (attempt: () => unknown) => {
      try {
        return String(await attempt());
      } catch (error) {
        return (error as Error).name;
      }
    };
    const load = (tag: string, attributes: Record<string, string>) =>
      new Promise((resolve) => {
        const element = document.createElement(tag);
        element.onload = () => resolve("loaded");
        element.onerror = () => resolve("refused");
        for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
        document.body.append(element);
      });
    const inline = document.createElement("script");
    return {
      fetch: await outcome(() => fetch(`${url}/fetch`)),
      beacon: await outcome(() => navigator.sendBeacon(`${url}/beacon`, "x") && "queued"),
      socket: await outcome(
        () =>
          new Promise((resolve) => {
            const socket = new WebSocket(`${url.replace("http", "ws")}/socket`);
            socket.onopen = () => resolve("open");
            socket.onerror = () => resolve("refused");
          }),
      ),
      image: await outcome(() => load("img", { src: `${url}/image` })),
      style: await outcome(() => load("link", { rel: "stylesheet", href: `${url}/style` })),
      script: await outcome(() => load("script", { src: `${url}/script` })),
      html: await outcome(() => (document.createElement("div").innerHTML = "<b>x</b>")),
      eval: await outcome(() => (0, eval)("1 + 1") as number),
      timer: await outcome(() => setTimeout("1" as unknown as () => void)),
      inline: await outcome(() => {
        inline.text = "window.hacked = 1";
        document.body.append(inline);
        return "set";
      }),
      worker: await outcome(() => new Worker(`${url}/worker`)),
      blobWorker: await outcome(
        () =>
          new Promise((resolve) => {
            const worker = new Worker(URL.createObjectURL(new Blob(["postMessage(1)"])));
            worker.onmessage = () => resolve("ran");
            worker.onerror = () => resolve("refused");
          }),
      ),
      hacked: String((window as unknown as { hacked?: number }).hacked),
    };
  }, elsewhere.url);

  expect(tries).toEqual({
    fetch: "TypeError",
    beacon: expect.stringMatching(/^(?:queued|false)$/),
    socket: "refused",
    image: "refused",
    style: "refused",
    script: "TypeError",
    html: "TypeError",
    eval: "EvalError",
    timer: "TypeError",
    inline: "TypeError",
    worker: "TypeError",
    blobWorker: "refused",
    hacked: "undefined",
  });
  await expect.poll(() => violations.length).toBeGreaterThanOrEqual(10);
  expect(elsewhere.asked).toEqual([]);
});

test("a song worker can ask nothing of the network, whatever a song makes it do", async ({
  levelUp,
  page,
  folder,
  elsewhere,
}) => {
  await controlled(page);
  await writeSongs(folder, songs);
  await levelUp.add([folder]);
  const [worker] = await Promise.all([page.waitForEvent("worker"), levelUp.press("Start")]);
  const tryFetch = (target: Worker, url: string) =>
    target.evaluate(
      (address) =>
        fetch(address).then(
          () => "answered",
          (error: unknown) => String(error),
        ),
      url,
    );
  const outcomes = await Promise.all([
    tryFetch(worker, `${elsewhere.url}/song`),
    tryFetch(worker, `${appUrl()}samples/index.json`),
  ]);
  expect(outcomes).toEqual([
    expect.stringContaining("Failed to fetch"),
    expect.stringContaining("Failed to fetch"),
  ]);
  expect(await levelUp.finished(90_000)).toMatchObject({ done: 4, failed: 0 });
  expect(elsewhere.asked).toEqual([]);
});

test("names that are markup, ways out or formulas stay text", async ({
  page,
  folder,
  levelUp,
  violations,
}) => {
  const names = [
    `<img src=x onerror="window.hacked=1">.mp3`,
    `<script>window.hacked=1<\u2215script>.mp3`,
    `=HYPERLINK("http:\u2215\u2215evil.example","Click").mp3`,
    "@SUM(1+1).mp3",
    "+1.mp3",
    "-2+3.mp3",
    "...mp3",
  ];
  const song = await makeSong({ extension: "mp3", seconds: 4, lufs: -20, seed: 1 });
  for (const name of names) await writeInto(folder, name, song);
  // Handles leave such names out; a browser without them does not.
  await page.addInitScript(() => {
    for (const name of ["showDirectoryPicker", "showOpenFilePicker", "showSaveFilePicker"]) {
      Reflect.deleteProperty(window, name);
    }
  });
  await levelUp.open(appUrl());
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    levelUp.press("Choose files"),
  ]);
  await chooser.setFiles(names.map((name) => path.join(folder, name)));
  await levelUp.lookedThrough();
  for (const name of names) await expect(levelUp.row(name)).toHaveCount(1);
  await levelUp.press("Start");
  expect(await levelUp.finished(90_000)).toMatchObject({ done: names.length, failed: 0 });

  const zip = await levelUp.download(() => page.getByRole("link", { name: /^Download / }).click());
  const entries = [...readZip(await readFile(await zip.path())).keys()];
  expect(entries.sort()).toEqual([...names].sort());
  for (const entry of entries) expect(entry).not.toMatch(/^[/\\]|(?:^|[/\\])\.\.?(?:[/\\]|$)/);

  const csv = await levelUp.download(() => levelUp.press("Report as CSV"));
  const [, ...rows] = (await readFile(await csv.path(), "utf8")).trim().split("\r\n");
  expect(rows).toHaveLength(names.length);
  for (const row of rows) expect(row).not.toMatch(/^"?[=+\-@\t\r]/);

  expect(await page.evaluate(() => (window as unknown as { hacked?: number }).hacked)).toBe(
    undefined,
  );
  await expect(page.locator("main img, main script, body > script[src*=evil]")).toHaveCount(0);
  expect(violations, "nothing even tried").toEqual([]);
  expect(await filesIn(folder)).toEqual([...names].sort());
});
