import type { Page } from "@playwright/test";
import type { Session } from "@/lib/session/session";
import type { SessionState } from "@/lib/session/session-state";
import type { Song } from "@/lib/song/song";
import { LevelUpPage } from "../../cli/in-browser/page";
import { spreadOf, type Spread } from "../spread";
import { BenchPage, type PinnedBrowser } from "./bench-page";

export interface Interaction {
  readonly what: string;
  /** Milliseconds from the input to the next frame, one of each interaction. */
  readonly times: Spread;
}

interface PageCost {
  readonly songs: number;
  /** Processor seconds: the page's own thread, and the whole browser. */
  readonly page: number;
  readonly browser: number;
}

export interface InterfaceUse {
  readonly rows: number;
  /** Nothing else going on. */
  readonly still: readonly Interaction[];
  /** While a batch over all rows runs. */
  readonly running: readonly Interaction[];
  /** A batch over songs of usual length, the page visible. */
  readonly batch: PageCost;
}

/** What the page itself costs, beside the work on songs. */
export async function interfaceUse(
  bench: PinnedBrowser,
  url: string,
  /** Songs to level, on disk. */
  songs: { readonly folder: string; readonly count: number },
  rows = 10_000,
): Promise<InterfaceUse> {
  const found = await manyRows(bench, url, rows);
  const page = await BenchPage.open(bench, url, { "Target loudness (LUFS)": -18 });
  // The first batch of a visit also loads the engine, which is no work of a batch.
  await page.run("Measure", songs.folder);
  const run = await page.run("Start", songs.folder);
  const batch = { songs: songs.count, page: run.pageThread, browser: run.cpu ?? NaN };
  await page.levelUp.page.close();
  return { rows, ...found, batch };
}

/**
 * 10,000 measured rows. Measuring so many songs would take the benchmark's whole time, so: the page
 * gets 10,000 real files (two seconds of a tone each), a real batch measures them, and every
 * snapshot that the session publishes passes through `withMeasurements`, which gives songs that are
 * still waiting a measurement. All the page's own work is the product's, and a little is added.
 */
async function manyRows(
  bench: PinnedBrowser,
  url: string,
  rows: number,
): Promise<Pick<InterfaceUse, "still" | "running">> {
  const page = await bench.browser.newPage();
  const levelUp = new LevelUpPage(page);
  await levelUp.open(url);
  await page.evaluate(fillWithSongs, rows);
  await levelUp.lookedThrough();
  await page.evaluate(watchInteractions);
  const still = await interact(levelUp);
  await levelUp.press("Measure");
  await levelUp.log.getByText(" completed job 20/").first().waitFor({ state: "attached" });
  const running = await interact(levelUp);
  await levelUp.press("Stop");
  await page.close();
  return { still, running };
}

/** What people do with a long list, with real keys and a real mouse. */
async function interact(levelUp: LevelUpPage): Promise<Interaction[]> {
  const { page } = levelUp;
  const search = page.getByRole("searchbox");
  const header = (name: string) => page.getByRole("columnheader", { name }).getByRole("button");
  const found: Interaction[] = [];
  const during = async (what: string, work: () => Promise<void>) => {
    await settled(page);
    await page.evaluate(() => void (window as unknown as Watched).interactionTimes.clear());
    await work();
    await settled(page);
    const times = await page.evaluate(() => [
      ...(window as unknown as Watched).interactionTimes.values(),
    ]);
    if (times.length === 0) throw new Error(`${what}: the browser told of no interaction.`);
    found.push({ what, times: spreadOf(times) });
  };
  const type = async (keys: readonly string[]) => {
    for (const key of keys) {
      await page.keyboard.press(key);
      await nextFrames(page);
    }
  };
  await search.click();
  await during("typing in the search", () => type([..."song 12", ..."3"]));
  await during("emptying the search", () => type(Array<string>(8).fill("Backspace")));
  for (const name of ["Loudness", "File", "Status"]) {
    await during(`sorting by ${name}`, async () => {
      for (let click = 0; click < 3; click += 1) {
        await header(name).click();
        await nextFrames(page);
      }
    });
  }
  await during("filtering", async () => {
    for (const name of [/^Needs a look/, /^Done/, /^All/]) {
      await page.getByRole("radio", { name }).click();
      await nextFrames(page);
    }
  });
  await page.getByRole("checkbox", { name: "Select all that are shown" }).focus();
  await during("selecting", async () => {
    await type(["Space", "Tab", "Tab"]);
    const row = page.locator("[data-song] [data-control=select]").first();
    await row.focus();
    await type(["Space", "ArrowDown", "ArrowDown", "End", "Home"]);
  });
  const deselect = levelUp.button("Deselect");
  if (await deselect.isVisible()) await deselect.click();
  return found;
}

interface Watched {
  readonly interactionTimes: Map<number, number>;
}

/** Runs in the page: keeps the browser's own times of interactions (Event Timing). */
function watchInteractions(): void {
  const interactionTimes = new Map<number, number>();
  Object.assign(window, { interactionTimes });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as PerformanceEventTiming[]) {
      const { interactionId = 0, duration } = entry as { interactionId?: number; duration: number };
      if (interactionId === 0) continue;
      const known = interactionTimes.get(interactionId) ?? 0;
      interactionTimes.set(interactionId, Math.max(known, duration));
    }
  }).observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
}

const nextFrames = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve)));
      }),
  );

/** The page has drawn what was asked for and told of the time it took. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise<void>((resolve) => requestIdleCallback(() => resolve(), { timeout: 3000 })),
  );
  await nextFrames(page);
}

/** Runs in the page. No function in it may have a name: the compiler would call a helper there. */
async function fillWithSongs(rows: number): Promise<void> {
  // The session, as React holds it: the product itself offers no way in.
  let session: Session | null = null;
  const main = document.querySelector("main") as unknown as Record<string, unknown>;
  const key = Object.keys(main).find((name) => name.startsWith("__reactFiber$"));
  type Fiber = {
    return: Fiber | null;
    alternate: Fiber | null;
    memoizedProps: { value?: Partial<Session> } | null;
  };
  for (let fiber = main[key ?? ""] as Fiber | null; fiber; fiber = fiber.return) {
    for (const { memoizedProps } of [fiber, fiber.alternate ?? fiber]) {
      const value = memoizedProps?.value;
      if (value?.store && value.actions) session = value as Session;
    }
  }
  if (session === null) throw new Error("The session is not where it was.");

  const { store } = session;
  const publish = store.setState.bind(store);
  const measured = new WeakMap<Song, Song>();
  store.setState = ((state: Partial<SessionState>) => {
    if (!state.songs) return publish(state);
    const songs = new Map<Song["id"], Song>();
    for (const [id, song] of state.songs) {
      if (song.status !== "waiting") {
        songs.set(id, song);
        continue;
      }
      let known = measured.get(song);
      if (!known) {
        const integrated = -30 + ((id * 7919) % 2400) / 100;
        known = {
          ...song,
          status: "measured",
          duration: 120 + (id % 240),
          format: {
            container: "mp3",
            codec: "mp3",
            sampleRate: 44100,
            channels: 2,
            channelLayout: "stereo",
            bitRate: 192000,
            bitDepth: null,
            lossless: false,
          },
          source: {
            integrated,
            range: 5 + (id % 9),
            truePeak: -3 + (id % 40) / 10,
            momentaryMax: integrated + 4,
          },
          plannedGain: -14 - integrated,
          planned: {
            ...{ integrated: -14, truePeak: -1, limited: 0, heldBy: null, most: null },
            ...{ kind: id % 50 === 0 ? "held-back" : "gain", estimate: false },
          },
        } as unknown as Song;
        measured.set(song, known);
      }
      songs.set(id, known);
    }
    publish({ ...state, songs });
  }) as typeof store.setState;

  const [rate, seconds] = [8000, 2];
  const wave = new DataView(new ArrayBuffer(44 + rate * seconds * 2));
  [
    0x52494646,
    36 + rate * seconds * 2,
    0x57415645,
    0x666d7420,
    16,
    0x00010001,
    rate,
    rate * 2,
  ].forEach((value, index) => wave.setUint32(index * 4, value, ![0, 2, 3].includes(index)));
  wave.setUint32(32, 0x00100002, true);
  wave.setUint32(36, 0x64617461);
  wave.setUint32(40, rate * seconds * 2, true);
  for (let at = 0; at < rate * seconds; at += 1) {
    wave.setInt16(44 + at * 2, 8000 * Math.sin((at * 2 * Math.PI * 440) / rate), true);
  }
  const blob = new Blob([wave.buffer]);
  const files = Array.from(
    { length: rows },
    (_, index) => new File([blob], `Song ${index + 1}.wav`, { lastModified: index + 1 }),
  );
  await session.actions.addFiles(files);
}
