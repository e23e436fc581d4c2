import { get as readStored, set as store } from "idb-keyval";
import { createStore, type StoreApi } from "zustand/vanilla";
import { canPickFolders } from "@/lib/files/pickers";
import { clearScratch } from "@/lib/storage/scratch-folder";
import { parseSettings, type Settings } from "@/lib/settings/settings";
import { Adding } from "./adding";
import { APP_VERSION } from "./app-version";
import type { BatchMode } from "@/lib/batch/batch";
import { destinationText, mayWrite } from "@/lib/batch/destinations";
import { initialState } from "./initial-state";
import { KeptOriginals } from "./kept-originals";
import { rescore } from "@/lib/batch/planned";
import { csvReport, jsonReport } from "@/lib/batch/report";
import { recover } from "@/lib/journal/recovery";
import { Running } from "./running";
import { SessionContext } from "./session-context";
import type { SessionActions, SessionState } from "./session-state";
import type { Song, SongId } from "@/lib/song/song";
import { hasEnded, totalsOf } from "@/lib/batch/totals";
import { Unfinished } from "./unfinished";

export interface Session {
  readonly store: StoreApi<SessionState>;
  readonly actions: SessionActions;
}

const SETTINGS_KEY = "settings";

/** The page's one session: its songs, its settings, and the batch that may be running. */
export function createSession(): Session {
  const controller = new SessionController();
  controller.begin();
  return { store: controller.store, actions: controller };
}

class SessionController implements SessionActions {
  readonly store: StoreApi<SessionState>;
  readonly #context: SessionContext;
  readonly #originals: KeptOriginals;
  readonly #adding: Adding;
  readonly #running: Running;
  readonly #unfinished: Unfinished;

  constructor() {
    const cores = navigator.hardwareConcurrency || 1;
    const folders = canPickFolders();
    this.store = createStore<SessionState>(() => initialState({ folders, cores }));
    this.#context = new SessionContext(this.store, () => this.#publish());
    this.#originals = new KeptOriginals(this.#context);
    this.#adding = new Adding(this.#context, () => this.#originals.look());
    this.#running = new Running(this.#context, () => this.#originals.look());
    this.#unfinished = new Unfinished(this.#context);
  }

  begin(): void {
    void clearScratch();
    void this.#unfinished.find();
    void this.#recallSettings();
  }

  async #recallSettings(): Promise<void> {
    try {
      const stored = await readStored<unknown>(SETTINGS_KEY);
      if (stored !== undefined) this.#applySettings(parseSettings(stored));
    } catch {
      // A private window without storage: defaults serve, and nothing is lost.
    }
  }

  // The list.

  chooseFolder(): Promise<void> {
    return this.#adding.chooseFolder();
  }

  chooseFiles(): Promise<void> {
    return this.#adding.chooseFiles();
  }

  addDrop(transfer: DataTransfer): Promise<void> {
    return this.#adding.drop(transfer);
  }

  addFiles(files: readonly File[]): Promise<void> {
    return this.#adding.files(files);
  }

  async addSamples(): Promise<void> {
    // One click shows the whole job: on these songs alone, and nothing is written unasked. Songs
    // that lie in no folder come as a download, which the page offers.
    const ids = await this.#adding.samples();
    const { settings } = this.store.getState();
    await this.#running.run("level", ids, null, { ...settings, saveTo: "leveled" });
  }

  remove(ids: readonly SongId[]): void {
    if (this.#running.isRunning) return;
    const { table } = this.#context;
    table.remove(ids);
    this.#running.prune();
    table.flush();
  }

  clear(): void {
    if (this.#running.isRunning) return;
    this.remove(this.#context.table.ids);
    this.#context.workers.dismiss();
    this.#running.forgetFolder();
    this.#running.forgetReplacing();
    this.#running.dropDownload();
    this.store.setState({ phase: "ready", intake: null, folderName: null });
  }

  // The batch.

  measure(): Promise<void> {
    return this.#running.run("measure", this.#pending("measure"));
  }

  start(ids: readonly SongId[] = this.#pending("level")): Promise<void> {
    return this.#running.run("level", ids);
  }

  async retryFailed(): Promise<void> {
    const { table } = this.#context;
    const failed = table.ids.filter((id) => table.get(id).status === "failed");
    await this.#running.run(this.#running.mode, failed);
  }

  undoLossless(ids: readonly SongId[] = this.#context.table.ids): Promise<void> {
    return this.#running.run("undo", ids);
  }

  pause(): void {
    this.#running.pause();
  }

  resume(): void {
    this.#running.resume();
  }

  stop(mode: "now" | "after-current"): void {
    this.#running.stop(mode === "now");
  }

  answer(accepted: boolean): void {
    this.#context.answer(accepted);
  }

  get listening() {
    return this.#context.listening;
  }

  // A batch that was cut off.

  async resumeUnfinished(): Promise<void> {
    const unfinished = this.#unfinished.batch;
    if (!unfinished || this.#running.isRunning || this.#context.isBusy) return;
    const { head } = unfinished;
    for (const folder of [...head.roots, ...(head.target ? [head.target] : [])]) {
      if (!(await mayWrite(folder))) {
        this.#context.notify(...destinationText["permission-denied"]);
        return;
      }
    }
    this.clear();
    this.#unfinished.taken();
    this.#applySettings(head.settings);
    this.#running.recall(head.settings, head.target);
    const songs = await recover(unfinished);
    const { table } = this.#context;
    const ids = table.add(songs.map(({ file }) => file));
    const ended = new Set<SongId>();
    ids.forEach((id, index) => {
      const { row } = songs[index]!;
      if (!row) return;
      ended.add(id);
      table.update(id, { ...row, progress: 1 });
    });
    this.store.setState({ folderName: head.roots[0]?.name ?? null });
    const lines = songs.flatMap((song) => song.lines);
    const { batch, startedAt, mode } = head;
    await this.#running.run(mode, ids, { batch, startedAt, ended, lines });
  }

  discardUnfinished(): Promise<void> {
    return this.#unfinished.forget();
  }

  // Originals that were kept.

  async restoreOriginals(): Promise<void> {
    if (!this.#running.isRunning) await this.#originals.restore();
  }

  async discardOriginals(): Promise<void> {
    if (!this.#running.isRunning) await this.#originals.discard();
  }

  // Settings, and what comes of it all.

  update(change: Partial<Settings>): void {
    const updated = parseSettings({ ...this.#context.state.settings, ...change });
    if (change.saveTo !== undefined) this.#running.forgetFolder();
    this.#applySettings(updated);
    void keepSettings(updated);
  }

  report(format: "json" | "csv"): { name: string; type: string; text: string } {
    const { table } = this.#context;
    table.flush();
    const songs = table.ids.map((id) => table.get(id));
    const { head } = this.#running;
    const stamp = (head.finishedAt ?? new Date().toISOString()).slice(0, 19).replaceAll(":", "-");
    const name = `levelup-report-${stamp}.${format}`;
    if (format === "csv") return { name, type: "text/csv", text: csvReport(songs) };
    const text = jsonReport({ app: APP_VERSION, ...head }, songs);
    return { name, type: "application/json", text };
  }

  dismissNotice(): void {
    this.#context.dismissNotice();
  }

  /**
   * Songs that the button would work on: those not done yet, or all when all are done. Leveling
   * takes up what failed as well, but that alone keeps no song from being leveled anew.
   */
  #pending(mode: BatchMode): SongId[] {
    const { table } = this.#context;
    const open = (song: Song) =>
      !hasEnded(song) ||
      song.status === "cancelled" ||
      (mode === "level" && song.status === "measured");
    const songs = table.ids.map((id) => table.get(id));
    if (!songs.some(open)) return table.ids;
    return songs
      .filter((song) => open(song) || (mode === "level" && song.status === "failed"))
      .map(({ id }) => id);
  }

  #applySettings(settings: Settings): void {
    const { capabilities, settings: before } = this.#context.state;
    const saveTo = capabilities.folders ? settings.saveTo : "download";
    if (saveTo !== "replace") this.#running.forgetReplacing();
    this.store.setState({ settings: { ...settings, saveTo } });
    if (this.#running.isRunning) {
      this.#running.adapt(settings, before);
      return;
    }
    rescore(this.#context.table, settings);
    this.#context.table.flush();
  }

  #publish(): void {
    const songs = this.#context.table.snapshot();
    this.store.setState({
      songs,
      order: this.#sameOrder([...songs.keys()]),
      totals: totalsOf(songs, this.#running.clock),
      log: this.#running.log.snapshot(),
    });
  }

  /** Keeps the identity of an order that did not change. */
  #sameOrder(order: readonly SongId[]): readonly SongId[] {
    const { order: before } = this.#context.state;
    const same = before.length === order.length && before.every((id, index) => id === order[index]);
    return same ? before : order;
  }
}

/** Best effort: without storage they hold for this visit. */
async function keepSettings(settings: Settings): Promise<void> {
  try {
    await store(SETTINGS_KEY, settings);
  } catch {
    // Where storage is refused, opening it may even throw.
  }
}
