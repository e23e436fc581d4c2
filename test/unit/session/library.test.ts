import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { AgedSwaps } from "@/lib/files/swap";
import { defaultSettings, type Settings } from "@/lib/settings/settings";
import { asBlob, type SongBytes } from "@/lib/storage/song-bytes";
import { ChromiumDisk } from "../../support/tabs/chromium-disk";
import {
  type FakeSong,
  leveledSong,
  retaggedSong,
  songIn,
  soundOf,
  textOf,
} from "../../support/tabs/fake-song";
import { Profile } from "../../support/tabs/profile";
import type { Tab } from "../../support/tabs/tab";
import { Turns } from "../../support/tabs/turns";

/**
 * Whatever is done to a library, in whatever order, in two tabs and two profiles, with pages that
 * end in the middle of anything: no original that a person did not give up is ever gone, no file is
 * ever half, and every row says what is on the disk.
 */
const SEQUENCES = Number(process.env["LEVELUP_SEQUENCES"] ?? 50);
const SEED = Number(process.env["LEVELUP_SEED"] ?? 1);

vi.spyOn(console, "log").mockImplementation(() => undefined);
vi.mock("@/lib/browser/keep-awake", () => ({ keepAwake: () => () => undefined }));
// As those, but without other threads: the same seed gives the same order of everything.
const hashed = async (bytes: SongBytes) =>
  createHash("sha256")
    .update(Buffer.from(await asBlob(bytes).arrayBuffer()))
    .digest("hex");
vi.mock("@/lib/files/sha256", () => ({ sha256: (bytes: SongBytes) => hashed(bytes) }));
vi.mock("@/lib/files/audio/audio-print", () => ({
  audioPrint: async (bytes: SongBytes) => {
    const song = songIn(await asBlob(bytes).text());
    return song && hashed(new Blob([soundOf(song)]));
  },
}));
vi.mock("@/lib/files/audio/retagged", () => ({
  retaggedOriginal: async (original: File, onDisk: File) => {
    const [sound, tags] = [songIn(await original.text()), songIn(await onDisk.text())];
    return sound && tags && new File([textOf(retaggedSong(sound, tags))], original.name);
  },
}));
vi.mock("@/lib/files/checksum", () => ({ fingerprint: (bytes: SongBytes) => hashed(bytes) }));

/** In place of the wait before a swap: so long that what others had begun has ended by then. */
const WAIT_TURNS = 40;
let turns: Turns;
vi.spyOn(AgedSwaps, "ofThisPage").mockImplementation(
  () =>
    new AgedSwaps(1, undefined, {
      sleep: async (_milliseconds, signal) => {
        for (let turn = 0; turn < WAIT_TURNS; turn++) {
          signal?.throwIfAborted();
          await turns.next();
        }
        signal?.throwIfAborted();
      },
    }),
);

/** The last one lies in a folder of the person's that has our folder's name, if it is there. */
const SONGS = ["a.mp3", "b.mp3", "d/c.mp3", "Leveled/mine.mp3"];

/** How often what was done, for the long form's figures. */
const counts: Record<string, number> = {};
const count = (what: string) => void (counts[what] = (counts[what] ?? 0) + 1);

type Where = "" | "d";
interface LevelChoice {
  readonly at: Where;
  readonly saveTo: "leveled" | "replace";
  readonly keepOriginals: boolean;
  readonly target: number;
  readonly lossless: boolean;
}
type Operation =
  | ({ readonly kind: "level" | "undo" } & LevelChoice)
  | { readonly kind: "restore"; readonly at: Where; readonly anyway: boolean }
  | { readonly kind: "delete-originals"; readonly at: Where };

const settingsOf = (choice: LevelChoice): Settings => ({
  ...defaultSettings,
  saveTo: choice.saveTo,
  keepOriginals: choice.keepOriginals,
  targetLoudness: choice.target,
  reencoding: choice.lossless ? "never" : "always",
  keepResponsive: false,
  maxConcurrentJobs: 2,
});

/** What a song may have become by an operation that was cut off. */
interface CutOff {
  readonly operation: Operation;
  /** By its path: what was there when it began, and what may be there at its end. */
  readonly songs: ReadonlyMap<string, { readonly before: string; readonly after: Set<string> }>;
}

/** What is known from outside: what was put where by whom, and what the person gave up. */
class Model {
  /** Files of the person's that have to be somewhere. */
  readonly precious = new Set<string>();
  /** All that the person ever wrote. */
  readonly written = new Set<string>();
  /** What something of ours was made from, each time. */
  readonly madeFrom = new Map<string, Set<string>>();
  /** What may have been put back: the copies of it go some time later. */
  readonly putBack = new Set<string>();
  /**
   * For so many operations a tab may still be removing copies of what it put back: a song that
   * relies on one may have to be done again, or is made from itself.
   */
  dropsMayPend = 0;
  /** Of songs of ours whose record went with the originals beside them. */
  readonly offRecord = new Set<string>();
  /** By the name of the batch. */
  readonly cutOff = new Map<string, CutOff>();
  count = 0;
}

class Real {
  readonly disk = new ChromiumDisk();
  readonly turns: Turns;
  readonly profiles: readonly Profile[];

  constructor(seed: number) {
    this.turns = turns = new Turns(seed);
    this.profiles = [new Profile(this.disk, this.turns), new Profile(this.disk, this.turns)];
  }

  paths(isWanted: (path: string) => boolean): string[] {
    return [...this.disk.files.keys()].filter(isWanted);
  }

  /** What the person sees as songs; not what is in our folders. */
  songs(at: Where = ""): string[] {
    return this.paths((path) => SONGS.includes(path) && isBelow(at, path));
  }

  /** Of a folder that was picked: what lies above it is hidden from the page. */
  copies(at: Where = ""): string[] {
    return this.paths((path) => /(^|\/)Originals( \d)?\/.*\.mp3$/.test(path) && isBelow(at, path));
  }

  texts(paths: readonly string[]): Set<string> {
    return new Set(paths.map((path) => this.disk.text(path)!));
  }
}

const isBelow = (at: Where, path: string) => at === "" || path.startsWith(`${at}/`);
const isStray = (path: string) => /(^|\/)\.levelup-|\.crswap$/.test(path);
const isOwnRecord = (path: string) =>
  path.includes("/.levelup/") || path.endsWith("About these originals.txt");

/** What is not on record is asked about, also beside a copy that a batch cut short has left, and stays. */
const isOnRecord = (text: string, real: Real): boolean => {
  const hash = createHash("sha256").update(text).digest("hex");
  const records = real.paths((path) => isOwnRecord(path) && !isStray(path));
  return records.some((path) => real.disk.text(path)!.includes(hash));
};

/** At every moment, also in the middle of a write: nothing of the person's is gone, nothing half. */
function expectNothingLost({ precious }: Model, real: Real, when: string): void {
  const files = real.paths((path) => !isStray(path) && !isOwnRecord(path));
  for (const path of files) {
    expect(songIn(real.disk.text(path)!), `${path} is no whole song ${when}`).not.toBeNull();
  }
  const there = real.texts(files);
  const gone = [...precious].filter((text) => !there.has(text));
  expect(gone, `gone ${when}`).toEqual([]);
}

function expectTidy(real: Real, when: string): void {
  if (real.profiles.some(({ batches }) => batches.length > 0)) return;
  expect(real.paths(isStray), `left behind ${when}`).toEqual([]);
}

/** What the operation should make of each song that is there. */
function planOf(operation: Operation, model: Model, real: Real): CutOff {
  const copies = real.texts(real.copies(operation.at));
  const songs = real.songs(operation.at).map((path) => {
    const before = real.disk.text(path)!;
    return [path, { before, after: afterOf(operation, before, model, copies) }] as const;
  });
  return { operation, songs: new Map(songs) };
}

/** The true original where it is kept, else what is there. */
function sourcesOf(
  text: string,
  model: Model,
  copies: ReadonlySet<string>,
  seen: ReadonlySet<string> = new Set(),
): string[] {
  const further = originalsOf(text, model, copies, seen);
  if (further.length === 0) {
    const kept = originalsOfRetagged(text, model, copies);
    return kept.length > 0 ? kept : [text];
  }
  // An undo may have brought the person's own bytes back, or what was kept.
  return model.written.has(text) || copies.has(text) ? [text, ...further] : further;
}

/** The kept originals of what we wrote. */
function originalsOf(
  text: string,
  model: Model,
  copies: ReadonlySet<string>,
  seen: ReadonlySet<string> = new Set(),
): string[] {
  return [...(model.madeFrom.get(text) ?? [])]
    .filter((each) => copies.has(each) && each !== text && !seen.has(each))
    .flatMap((each) => sourcesOf(each, model, copies, new Set([...seen, text])));
}

/** The same where the person has edited its tags since, and nothing else. */
function originalsOfRetagged(text: string, model: Model, copies: ReadonlySet<string>): string[] {
  const sound = soundOf(songIn(text)!);
  const { madeFrom } = model;
  // What was kept itself is the person's song.
  if ([...madeFrom.values()].some((from) => from.has(text))) return [];
  return [...madeFrom.keys()]
    .filter((each) => each !== text && soundOf(songIn(each)!) === sound)
    .flatMap((each) => originalsOf(each, model, copies, new Set([text])));
}

/** A source as it is leveled: with the tags of the song on disk. */
function withTagsOf(text: string, source: string): string {
  const [song, sound] = [songIn(text)!, songIn(source)!];
  return sound.tags === song.tags ? source : textOf(retaggedSong(sound, song));
}

function afterOf(
  operation: Operation,
  before: string,
  model: Model,
  copies: ReadonlySet<string>,
): Set<string> {
  // What was put in a song's place through the folder around it is on record there alone.
  const isOffRecord = model.offRecord.has(before) || model.dropsMayPend > 0;
  const itself = operation.at === "" && !isOffRecord ? [] : [before];
  const sources = [...sourcesOf(before, model, copies), ...itself];
  switch (operation.kind) {
    case "level": {
      const { target, lossless } = operation;
      return new Set(
        sources
          .map((source) => songIn(withTagsOf(before, source))!)
          .map((song) => textOf(leveledSong(song, target, lossless))),
      );
    }
    case "undo": {
      const song = songIn(before)!;
      const undone = song.undo === null ? song : { ...song, level: song.undo, undo: null };
      return new Set([textOf(undone)]);
    }
    case "restore":
      return new Set([...sources, ...(isRetagged(before, model, copies) ? [before] : [])]);
    case "delete-originals":
      return new Set([before]);
  }
}

const isRetagged = (...of: Parameters<typeof originalsOfRetagged>): boolean =>
  originalsOfRetagged(...of).length > 0;

/** What the person gives up by what is chosen. */
function givenUp({ operation, songs }: CutOff, model: Model, real: Real): string[] {
  if (operation.kind === "delete-originals") {
    const deleted = real.copies(operation.at);
    const others = real.copies().filter((path) => !deleted.includes(path));
    const stays = real.texts([...real.songs(), ...others]);
    return [...real.texts(deleted)].filter((text) => !stays.has(text));
  }
  const replaces =
    operation.kind === "restore"
      ? operation.anyway
      : operation.saveTo === "replace" && !operation.keepOriginals;
  const copies = real.texts(real.copies());
  const visible = real.texts(real.copies(operation.at));
  // A file of ours with edited tags: its sound is the kept original's, its tags are in the result.
  const goesOn = ({ before }: { before: string }) =>
    "saveTo" in operation && operation.saveTo === "replace" && isRetagged(before, model, visible);
  return [...songs]
    .filter(([path, { before }]) => real.disk.text(path) === before)
    .filter(([, { before }]) => !copies.has(before) || (replaces && model.putBack.has(before)))
    .filter(([, song]) => replaces || goesOn(song))
    .map(([, { before }]) => before);
}

/** Noted before it is done: that what is kept then may have been put back by somebody else. */
function noteOrigins({ operation, songs }: CutOff, model: Model, real: Real): void {
  if (operation.kind === "restore") {
    for (const { after } of songs.values()) for (const text of after) model.putBack.add(text);
  }
  if (!("saveTo" in operation) || operation.saveTo !== "replace") return;
  const copies = real.texts(real.copies(operation.at));
  for (const { before, after } of songs.values()) {
    const sources = sourcesOf(before, model, copies);
    for (const text of after) {
      const from = model.madeFrom.get(text) ?? new Set();
      model.madeFrom.set(text, from);
      for (const source of sources) if (source !== text) from.add(source);
    }
  }
}

const nameOf = (operation: Operation): string =>
  operation.kind === "level" && operation.saveTo === "replace" ? "replace" : operation.kind;

function operate(tab: Tab, operation: Operation): Promise<void> {
  switch (operation.kind) {
    case "level":
    case "undo":
      return tab.run(operation.kind, settingsOf(operation));
    case "restore":
      tab.answer = ({ kind, ...question }) =>
        kind === "restore-doubtful" && operation.anyway && "songs" in question
          ? [...(question.songs as readonly unknown[]).keys()]
          : false;
      return tab.restore();
    case "delete-originals":
      return tab.discardOriginals();
  }
}

/** Where the page says that the result of a song is. */
const fullPath = (at: Where, path: string) => (at === "" ? path : `${at}/${path}`);

/** Every song of a run has ended, and what its row says is so. */
function expectExplained(
  tab: Tab,
  { operation, songs }: CutOff,
  real: Real,
  mayFail: "of-others" | "of-drops" | "never",
): void {
  if (operation.kind === "restore" || operation.kind === "delete-originals") return;
  for (const song of tab.songs) {
    const path = fullPath(operation.at, song.path);
    const what = `${path}: ${song.status}, ${song.reason}, ${song.detail}`;
    const planned = songs.get(path);
    if (!planned) continue;
    const text = real.disk.text(path);
    if (song.status === "failed" && mayFail !== "never") {
      const drops = ["no-backup", "write-failed"];
      const others = ["changed-since", "file-changed", "file-gone", ...drops];
      expect(mayFail === "of-others" ? others : drops, what).toContain(song.reason);
      continue;
    }
    expect(["leveled", "skipped"], what).toContain(song.status);
    const result =
      song.output === null ? text : real.disk.text(fullPath(operation.at, song.output));
    expect([...planned.after], `${what}: ${result}`).toContain(result);
    if (operation.saveTo === "leveled" && mayFail !== "of-others")
      expect(text, what).toBe(planned.before);
  }
}

abstract class Command implements fc.AsyncCommand<Model, Real> {
  check(_model: Readonly<Model>): boolean {
    return true;
  }

  async run(model: Model, real: Real): Promise<void> {
    await this.does(model, real);
    expectNothingLost(model, real, `after ${String(this)}`);
    expectTidy(real, `after ${String(this)}`);
  }

  protected abstract does(model: Model, real: Real): Promise<void>;
  abstract toString(): string;
}

/** One operation in a tab of its own, which may be killed after so many steps. */
class Operate extends Command {
  readonly #operation: Operation;
  readonly #profile: 0 | 1;
  readonly #steps: number | null;

  constructor(operation: Operation, profile: 0 | 1, steps: number | null) {
    super();
    this.#operation = operation;
    this.#profile = profile;
    this.#steps = steps;
  }

  toString() {
    const killed = this.#steps === null ? "" : `, killed after ${this.#steps}`;
    return `${JSON.stringify(this.#operation)} by ${this.#profile}${killed}`;
  }

  protected async does(model: Model, real: Real): Promise<void> {
    const profile = real.profiles[this.#profile]!;
    const tab = profile.openTab();
    const plan = planOf(this.#operation, model, real);
    for (const text of givenUp(plan, model, real)) model.precious.delete(text);
    await real.turns.until(tab.add(this.#operation.at));
    if (this.#steps !== null) tab.life.killAfter(this.#steps);
    noteOrigins(plan, model, real);
    await real.turns.until(operate(tab, this.#operation), tab.life.ended);
    count(nameOf(this.#operation));
    const mayFail = model.dropsMayPend > 0 ? "of-drops" : "never";
    model.dropsMayPend = this.#operation.kind === "restore" ? 2 : model.dropsMayPend - 1;
    if (this.#operation.kind === "delete-originals") {
      for (const { before } of plan.songs.values()) model.offRecord.add(before);
    }
    if (tab.life.isDead) count("pages killed");
    if (tab.life.isDead) {
      const [batch] = profile.batches.filter((each) => !model.cutOff.has(each));
      if (batch !== undefined) model.cutOff.set(batch, plan);
      return;
    }
    expectExplained(tab, plan, real, mayFail);
    if (this.#operation.kind === "restore") {
      for (const [path, { before: was, after }] of plan.songs) {
        if (after.has(was)) continue;
        const may = isOnRecord(was, real) ? [...after] : [...after, was];
        expect(may, path).toContain(real.disk.text(path));
      }
    }
  }
}

/** Two tabs, of one profile or of two, do things at the same time. */
class OperateBoth extends Command {
  readonly #operations: readonly [Operation, Operation];
  readonly #profiles: readonly [0 | 1, 0 | 1];

  constructor(operations: readonly [Operation, Operation], profiles: readonly [0 | 1, 0 | 1]) {
    super();
    this.#operations = operations;
    this.#profiles = profiles;
  }

  toString() {
    return `both ${JSON.stringify(this.#operations)} by ${this.#profiles.join(" and ")}`;
  }

  protected async does(model: Model, real: Real): Promise<void> {
    const tabs = this.#profiles.map((each) => real.profiles[each]!.openTab());
    const plans = this.#operations.map((each) => planOf(each, model, real));
    count("two at once");
    for (const plan of plans) {
      for (const text of givenUp(plan, model, real)) model.precious.delete(text);
      noteOrigins(plan, model, real);
    }
    await real.turns.until(
      Promise.all(tabs.map((tab, index) => tab.add(this.#operations[index]!.at))),
    );
    await real.turns.until(
      Promise.all(tabs.map((tab, index) => operate(tab, this.#operations[index]!))),
    );
    const restores = this.#operations.some(({ kind }) => kind === "restore");
    model.dropsMayPend = restores ? 2 : model.dropsMayPend - 1;
  }
}

/** What was cut off is gone on with, in one tab or in two that are asked at the same time. */
class Resume extends Command {
  readonly #profile: 0 | 1;
  readonly #tabs: 1 | 2;
  readonly #steps: number | null;

  constructor(profile: 0 | 1, tabs: 1 | 2, steps: number | null) {
    super();
    this.#profile = profile;
    this.#tabs = tabs;
    this.#steps = steps;
  }

  toString() {
    const killed = this.#steps === null ? "" : `, killed after ${this.#steps}`;
    return `resume by ${this.#profile} in ${this.#tabs}${killed}`;
  }

  protected async does(model: Model, real: Real): Promise<void> {
    const profile = real.profiles[this.#profile]!;
    const tabs = Array.from({ length: this.#tabs }, () => profile.openTab());
    await real.turns.until(Promise.all(tabs.map((tab) => tab.look())));
    const mayBe = new Map(
      profile.batches.map((batch) => {
        const plan = model.cutOff.get(batch)!;
        const now = planOf(plan.operation, model, real);
        noteOrigins(now, model, real);
        return [batch, { plan, now, lost: givenUp(plan, model, real) }] as const;
      }),
    );
    for (const tab of tabs) {
      tab.answer = () => false;
      if (this.#steps !== null) tab.life.killAfter(this.#steps);
    }
    await real.turns.until(
      Promise.all(tabs.map((tab) => Promise.race([tab.resume(), tab.life.ended]))),
    );
    model.dropsMayPend = 2;
    const took = tabs.filter(({ resumed }) => resumed !== null);
    // Killed, the first may have left it to the second.
    if (this.#steps === null) expect(took.length).toBe(mayBe.size > 0 ? 1 : 0);
    for (const tab of took) count(tab.life.isDead ? "pages killed while resuming" : "resumed");
    for (const tab of took) this.#judge(tab, mayBe.get(tab.resumed!)!, model, real);
    for (const batch of model.cutOff.keys()) {
      if (!real.profiles.some(({ batches }) => batches.includes(batch))) model.cutOff.delete(batch);
    }
  }

  #judge(
    tab: Tab,
    { plan, now, lost }: { plan: CutOff; now: CutOff; lost: readonly string[] },
    model: Model,
    real: Real,
  ): void {
    for (const text of lost) model.precious.delete(text);
    const { operation } = plan;
    for (const [path, { before, after }] of plan.songs) {
      const song = now.songs.get(path);
      const isReplaced = "saveTo" in operation && operation.saveTo === "replace";
      const isOriginal = song && model.written.has(song.before);
      if (isReplaced && song && !isOriginal && song.before !== before && after.has(song.before)) {
        const again = tab.leveled.filter((name) => path.endsWith(name));
        expect(again, "leveled again").toEqual([]);
      }
      for (const text of song?.after ?? []) after.add(text);
    }
    if (!tab.life.isDead) expectExplained(tab, plan, real, "of-others");
  }
}

class Forget extends Command {
  readonly #profile: 0 | 1;

  constructor(profile: 0 | 1) {
    super();
    this.#profile = profile;
  }

  toString = () => `forget by ${this.#profile}`;

  protected async does(model: Model, real: Real): Promise<void> {
    const profile = real.profiles[this.#profile]!;
    const before = profile.batches;
    const tab = profile.openTab();
    await real.turns.until(tab.look());
    await real.turns.until(tab.forget());
    expect(profile.batches).toHaveLength(Math.max(0, before.length - 1));
    if (before.length > 0) count("forgotten");
    for (const batch of before) if (!profile.batches.includes(batch)) model.cutOff.delete(batch);
  }
}

/** The person writes to a file: its tags, or another song under its name. */
class Write extends Command {
  readonly #pick: number;
  readonly #change: "tags" | "another" | "result";

  constructor(pick: number, change: "tags" | "another" | "result") {
    super();
    this.#pick = pick;
    this.#change = change;
  }

  toString = () => `write ${this.#change} ${this.#pick}`;

  protected async does(model: Model, real: Real): Promise<void> {
    const isResult = (path: string) => /^(d\/)?Leveled( \d)?\/.*\.mp3$/.test(path);
    const results = real.paths((path) => isResult(path) && !SONGS.includes(path));
    const paths = this.#change === "result" ? results : real.songs();
    const path = paths[this.#pick % Math.max(1, paths.length)];
    if (path === undefined) return;
    count(`written by the person: ${this.#change}`);
    const before = real.disk.text(path)!;
    const number = ++model.count;
    const song = songIn(before)!;
    const after: FakeSong =
      this.#change === "another"
        ? { music: `m${number}`, tags: "", level: -9, encodings: 0, undo: null }
        : { ...song, tags: `t${number}` };
    real.disk.put(path, textOf(after));
    // What was overwritten is the person's own doing, unless it is kept.
    const there = real.texts([...real.songs(), ...real.copies()]);
    if (!there.has(before)) model.precious.delete(before);
    model.precious.add(textOf(after));
    model.written.add(textOf(after));
  }
}

const at = fc.constantFrom<Where>("", "", "d");
const choice = {
  at,
  saveTo: fc.constantFrom("leveled" as const, "replace" as const, "replace" as const),
  target: fc.constantFrom(-14, -18),
  lossless: fc.boolean(),
};
const kept = fc.record({
  kind: fc.constantFrom("level" as const, "level", "undo"),
  ...choice,
  keepOriginals: fc.constant(true),
});
const leveling = fc.record({
  kind: fc.constantFrom("level" as const, "level" as const, "undo" as const),
  ...choice,
  keepOriginals: fc.constantFrom(true, true, false),
});
const restoring = fc.record({ kind: fc.constant("restore" as const), at, anyway: fc.boolean() });
const deleting = fc.record({ kind: fc.constant("delete-originals" as const), at });
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { arbitrary: leveling, weight: 5 },
  { arbitrary: restoring, weight: 3 },
  { arbitrary: deleting, weight: 1 },
);
const profile = fc.constantFrom<0 | 1>(0, 0, 1);
const steps = fc.option(fc.integer({ min: 1, max: 400 }), { nil: null });

const commands = [
  fc.tuple(operation, profile, steps).map((each) => new Operate(...each)),
  fc.tuple(operation, profile, steps).map((each) => new Operate(...each)),
  fc
    .tuple(
      fc.tuple(
        kept as fc.Arbitrary<Operation>,
        fc.oneof(
          kept as fc.Arbitrary<Operation>,
          restoring.map((each) => ({ ...each, anyway: false })),
        ),
      ),
      fc.tuple(profile, profile),
    )
    .map((each) => new OperateBoth(...each)),
  fc.tuple(profile, fc.constantFrom<1 | 2>(1, 2), steps).map((each) => new Resume(...each)),
  profile.map((each) => new Forget(each)),
  fc
    .tuple(fc.nat(9), fc.constantFrom<"tags" | "another" | "result">("tags", "another", "result"))
    .map((each) => new Write(...each)),
];

function begin(seed: number, hasOwnFolder: boolean): { model: Model; real: Real } {
  const [model, real] = [new Model(), new Real(seed)];
  for (const path of hasOwnFolder ? SONGS : SONGS.slice(0, -1)) {
    const level = path === "b.mp3" ? -14 : -9;
    const text = textOf({ music: path, tags: "", level, encodings: 0, undo: null });
    real.disk.put(path, text);
    model.precious.add(text);
    model.written.add(text);
  }
  return { model, real };
}

describe("a library", () => {
  it(
    "keeps every original and explains every result, whatever is done to it",
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.nat(),
          fc.boolean(),
          fc.commands(commands, { maxCommands: 16, size: "max" }),
          (seed, hasOwnFolder, sequence) =>
            fc.asyncModelRun(() => begin(seed, hasOwnFolder), sequence),
        ),
        { numRuns: SEQUENCES, seed: SEED },
      );
      const figures = process.env["LEVELUP_FIGURES"];
      if (figures !== undefined) writeFileSync(figures, JSON.stringify(counts));
    },
    60_000 + SEQUENCES * 2000,
  );

  it(
    "loses no copy that another profile relies on while it replaces the song",
    async () => {
      const level = (target: number): Operation => ({
        ...{
          kind: "level",
          at: "",
          saveTo: "replace",
          keepOriginals: true,
          target,
          lossless: false,
        },
      });
      const restore: Operation = { kind: "restore", at: "", anyway: false };
      await fc.assert(
        fc.asyncProperty(fc.nat(), async (seed) => {
          const { model, real } = begin(seed, false);
          await new Operate(level(-14), 0, null).run(model, real);
          await new OperateBoth([level(-18), restore], [0, 1]).run(model, real);
        }),
        { numRuns: SEQUENCES * 2, seed: SEED },
      );
    },
    60_000 + SEQUENCES * 2000,
  );
});
