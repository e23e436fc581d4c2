import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Locator, Page } from "@playwright/test";
import { atLoudness, encode } from "../scripts/samples/encode";
import { measureLoudness } from "../scripts/samples/loudness";
import { SAMPLE_RATE, type Stereo } from "../scripts/samples/music";
import { makeSong, writeInto } from "../test/support/songs";
import { recordAudio, takeRecording, untilRecorded, type Recording } from "./support/recorder";
import { appUrl, expect, test } from "./support/test";

// The recorder is a script that the page's policy rightly forbids.
test.use({ bypassCSP: true });

/** A chord that repeats every 100 ms: as loud in every moment as in any other. */
function chord(seconds: number): Stereo {
  const tone = (hertz: readonly number[]) =>
    Float32Array.from({ length: Math.round(seconds * SAMPLE_RATE) }, (_, i) =>
      hertz.reduce((sum, f) => sum + 0.1 * Math.sin((2 * Math.PI * f * i) / SAMPLE_RATE + f), 0),
    );
  return { left: tone([220, 330, 550, 1210]), right: tone([220, 440, 660, 1540]) };
}

const player = (page: Page) => {
  const dialog = page.getByRole("dialog");
  return {
    play: dialog.getByRole("button", { name: "Play" }),
    before: dialog.getByRole("button", { name: "Hear before" }),
    after: dialog.getByRole("button", { name: "Hear after" }),
    match: dialog.getByLabel("Match loudness"),
    position: dialog.getByLabel("Position in the song"),
  };
};

const seconds = async (slider: Locator) => Number(await slider.inputValue());
const part = ({ left, right }: Recording, from: number, to: number): Stereo => ({
  left: left.slice(from, to),
  right: right.slice(from, to),
});
const loudnessOf = async (music: Stereo) =>
  (await measureLoudness(await encode(music, { extension: "wav", options: ["-c:a", "pcm_f32le"] })))
    .integrated;

/** Where sound begins and ends in a recording. */
function sounding({ left }: Recording): { from: number; to: number } {
  const from = left.findIndex((sample) => Math.abs(sample) > 1e-3);
  const to = left.findLastIndex((sample) => Math.abs(sample) > 1e-3);
  return { from, to };
}

/** The largest step from a sample to the next. */
function largestStep(samples: Float32Array): number {
  let largest = 0;
  for (let i = 1; i < samples.length; i++) {
    largest = Math.max(largest, Math.abs(samples[i]! - samples[i - 1]!));
  }
  return largest;
}

/** The longest stretch, in samples, that is next to silence. */
function longestSilence(samples: Float32Array): number {
  let [longest, run] = [0, 0];
  for (const sample of samples) {
    run = Math.abs(sample) < 1e-4 ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

test("switching between before and after is gapless, and as loud as before it", async ({
  page,
  levelUp,
  folder,
}) => {
  await recordAudio(page);
  await levelUp.open(appUrl());
  await writeInto(
    folder,
    "Chord.wav",
    await encode(await atLoudness(chord(14), -26), { extension: "wav" }),
  );
  await levelUp.add([folder]);
  await levelUp.press("Start");
  await levelUp.finished(60_000);
  const source = await measureLoudness(await readFile(path.join(folder, "Chord.wav")));
  const leveled = await measureLoudness(await readFile(path.join(folder, "Leveled/Chord.wav")));
  expect(leveled.integrated - source.integrated, "a difference that is heard").toBeGreaterThan(6);

  await levelUp.row("Chord.wav").getByRole("button", { name: "Details" }).click();
  const { play, before, after, match, position } = player(page);
  await expect(play).toBeFocused();
  await page.keyboard.press("Space");
  await expect(play).toHaveAttribute("aria-pressed", "true");
  await expect(after).toHaveAttribute("aria-pressed", "true");
  await expect(match).toBeChecked();
  await expect.poll(() => seconds(position)).toBeGreaterThan(2);
  // Twelve switches, some of them while the last one is still fading.
  for (let i = 0; i < 12; i++) await page.keyboard.press("b");
  await expect(after).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("b");
  await expect(before).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByText("Playing before")).toBeAttached();
  const switched = await seconds(position);
  await expect.poll(() => seconds(position)).toBeGreaterThan(switched + 2.2);
  await page.keyboard.press("Space");
  await expect(play).toHaveAttribute("aria-pressed", "false");

  const recording = await takeRecording(page);
  expect(recording.sampleRate).toBe(SAMPLE_RATE);
  // The fades at the start and at the end are not the switch.
  const fade = Math.round(0.05 * SAMPLE_RATE);
  const { from, to } = sounding(recording);
  const music = part(recording, from + fade, to - fade);
  const { length } = music.left;
  expect(length / SAMPLE_RATE).toBeGreaterThan(4);
  const quiet = 2 * SAMPLE_RATE;
  const ends = [
    { name: "after", is: { left: music.left.slice(0, quiet), right: music.right.slice(0, quiet) } },
    { name: "before", is: { left: music.left.slice(-quiet), right: music.right.slice(-quiet) } },
  ];
  const [heardAfter, heardBefore] = await Promise.all(ends.map(({ is }) => loudnessOf(is)));
  test.info().annotations.push({
    type: "level",
    description: `after ${heardAfter} LUFS, before ${heardBefore} LUFS`,
  });
  expect(Math.abs(heardAfter! - heardBefore!)).toBeLessThanOrEqual(0.1);
  for (const channel of [music.left, music.right]) {
    const undisturbed = largestStep(channel.subarray(0, SAMPLE_RATE));
    expect(largestStep(channel) / undisturbed, "no click").toBeLessThan(1.01);
    expect(longestSilence(channel), "no gap").toBeLessThan(4);
    // Nothing was left out, repeated or shifted: one period later it is the same chord.
    const period = SAMPLE_RATE / 10;
    let worst = 0;
    for (let i = period; i < channel.length; i++) {
      worst = Math.max(worst, Math.abs(channel[i]! - channel[i - period]!));
    }
    expect(worst / undisturbed, "the same chord throughout").toBeLessThan(0.05);
  }

  // As they are, the leveled song is louder by what it was leveled.
  await match.uncheck();
  await play.click();
  await untilRecorded(page, 1);
  await takeRecording(page);
  await untilRecorded(page, 1.5);
  const quieter = await loudnessOf(await takeRecording(page));
  await before.press("b");
  await expect(after).toHaveAttribute("aria-pressed", "true");
  await untilRecorded(page, 0.5);
  await takeRecording(page);
  await untilRecorded(page, 1.5);
  const louder = await loudnessOf(await takeRecording(page));
  expect(louder - quieter).toBeCloseTo(leveled.integrated - source.integrated, 1);
});

test("a blind test compares original and result, and its outcome is in the report", async ({
  levelUp,
  page,
  folder,
}) => {
  await writeInto(
    folder,
    "Song.mp3",
    await makeSong({ extension: "mp3", seconds: 6, lufs: -20, seed: 3 }),
  );
  await levelUp.add([folder]);
  await levelUp.set({ "Re-encoding": "Always encode" });
  await levelUp.press("Start");
  await levelUp.finished(60_000);
  await levelUp.row("Song.mp3").getByRole("button", { name: "Details" }).click();
  const dialog = page.getByRole("dialog");
  const button = (name: string) => dialog.getByRole("button", { name, exact: true });
  // Both ways that the song could have gone can be told from each other, too.
  await dialog.getByLabel("Compare").selectOption({ label: "encoded again and not encoded" });
  await button("Blind test").click();
  const test_ = dialog.getByRole("group", { name: "Blind test" });
  await expect(test_).toBeFocused({ timeout: 60_000 });
  // What would tell which of them X is, is not there.
  await expect(dialog.getByRole("button", { name: /^Hear/ })).toHaveCount(0);
  await page.keyboard.press("x");
  await expect(button("X: one of them")).toHaveAttribute("aria-pressed", "true");
  await expect(button("Play")).toHaveAttribute("aria-pressed", "true");
  for (let trial = 1; trial <= 10; trial++) {
    await expect(test_.getByText(`Trial ${trial} of 10.`)).toBeVisible();
    await button("X is A").press("Enter");
  }
  const told = test_.getByText(/^\d+ of 10 right \(p = [01]\.\d{3}:/);
  await expect(told).toBeVisible();
  await expect(test_).toBeFocused();
  const [correct, p] = /^(\d+).*p = ([\d.]+)/.exec((await told.textContent())!)!.slice(1);
  await button("End the test").click();
  await expect(button("Blind test")).toBeFocused();
  await expect(button("Hear before")).toBeVisible();
  await page.keyboard.press("Escape");
  const { listening } = (await levelUp.report()).files[0]!;
  expect(listening).toMatchObject({
    ...{ a: "encoded", b: "lossless", trials: 10, correct: Number(correct) },
  });
  expect(listening!.pValue).toBeCloseTo(Number(p), 2);
});

test("keys and the curve move through a song; before leveling its planned gain is heard", async ({
  levelUp,
  page,
  folder,
}) => {
  await writeInto(
    folder,
    "Song.aiff",
    await makeSong({ extension: "aiff", seconds: 20, lufs: -24, seed: 3 }),
  );
  await levelUp.add([folder]);
  await levelUp.press("Measure");
  await levelUp.finished(60_000);
  await levelUp.row("Song.aiff").getByRole("button", { name: "Details" }).click();
  const { play, before, after, match, position } = player(page);
  await expect(position).toBeDisabled();
  await page.keyboard.press("Space");
  // A kind that browsers cannot open.
  await expect(before).toBeVisible();
  await expect(
    page.getByText(/^Not leveled yet: after is the song at its planned gain/),
  ).toBeVisible();
  await expect(match).toHaveCount(0);
  await page.keyboard.press("Space");
  await expect(play).toHaveAttribute("aria-pressed", "false");
  const paused = await seconds(position);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => seconds(position)).toBeCloseTo(paused + 10, 2);
  await page.keyboard.press("ArrowLeft");
  await expect.poll(() => seconds(position)).toBeCloseTo(paused + 5, 2);
  await page.keyboard.press("b");
  await expect(before).toHaveAttribute("aria-pressed", "true");
  await after.click();
  const curve = page.getByRole("img", { name: /^Short-term loudness over 0:20: between/ });
  const box = (await curve.boundingBox())!;
  await curve.click({ position: { x: box.width * 0.75, y: 20 } });
  await expect.poll(() => seconds(position)).toBeCloseTo(15, 0);
  await page.getByText("Numbers").click();
  await expect(
    page.getByRole("table", { name: "Loudness over time in numbers" }).getByRole("row"),
  ).toHaveCount(13);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("songs are heard one after another at their leveled volume", async ({
  page,
  levelUp,
  folder,
}) => {
  await recordAudio(page);
  await levelUp.open(appUrl());
  for (const [name, lufs] of [
    ["1 Soft.wav", -30],
    ["2 Loud.wav", -20],
  ] as const) {
    const song = await encode(await atLoudness(chord(12), lufs), { extension: "wav" });
    await writeInto(folder, name, song);
  }
  await levelUp.add([folder]);
  // Delivered in one zip, and read back from it.
  await levelUp.set({ "Save to": "Download" });
  await levelUp.download(() => levelUp.press("Start"));
  await levelUp.finished(60_000);

  const strip = page.getByRole("complementary", { name: "Songs in a row" });
  await levelUp.button("Hear songs in a row").click();
  const levels: number[] = [];
  for (const name of ["1 Soft.wav", "2 Loud.wav"]) {
    await expect(strip.getByText(name)).toBeVisible();
    await expect(strip.getByText("leveled")).toBeVisible();
    await untilRecorded(page, 0.5);
    await takeRecording(page);
    await untilRecorded(page, 1.5);
    levels.push(await loudnessOf(await takeRecording(page)));
    await strip.getByRole("button", { name: "Next song" }).click();
  }
  await expect(strip).toHaveCount(0);
  for (const level of levels) expect(level).toBeCloseTo(-14, 0);
  expect(Math.abs(levels[0]! - levels[1]!)).toBeLessThanOrEqual(0.3);
});
