import type { StoreApi } from "zustand/vanilla";
import { EngineHolder } from "@/lib/browser/engine-holder";
import { SongListening } from "./listening";
import type { Question, SessionState } from "./session-state";
import { SongTable } from "@/lib/batch/song-table";
import { WorkerSupply } from "@/lib/pool/worker-supply";

/** What the parts of a session share: the page's state, the songs, and the ways to the person. */
export class SessionContext {
  readonly store: StoreApi<SessionState>;
  readonly table: SongTable;
  readonly engine = new EngineHolder((engine) => this.store.setState({ engine }));
  readonly workers = new WorkerSupply(() => this.engine.load());
  readonly listening: SongListening;
  /** From a click to its end, while permissions are asked for: nothing else may start meanwhile. */
  #busy = false;
  #answer: (accepted: boolean) => void = () => undefined;

  constructor(store: StoreApi<SessionState>, publish: () => void) {
    this.store = store;
    this.table = new SongTable(publish);
    this.listening = new SongListening(this.table, () => this.workers.take());
  }

  get state(): SessionState {
    return this.store.getState();
  }

  /** The picked folders of all songs. */
  get roots(): FileSystemDirectoryHandle[] {
    return [...new Set(this.table.files.flatMap(({ folder }) => folder?.handle ?? []))];
  }

  get isBusy(): boolean {
    return this.#busy;
  }

  /** Does nothing while something else is being done. */
  async exclusively(work: () => Promise<void>): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      await work();
    } finally {
      this.#busy = false;
    }
  }

  notify(message: string, hint: string): void {
    this.store.setState({ notice: { message, hint } });
  }

  /** Advice waits for nothing: false where something more urgent is being said. */
  advise(message: string, hint: string, advisedWorkers: number): boolean {
    if (this.state.notice) return false;
    this.store.setState({ notice: { message, hint, advisedWorkers } });
    return true;
  }

  dismissNotice(): void {
    this.store.setState({ notice: null });
  }

  ask(question: Question): Promise<boolean> {
    this.store.setState({ question });
    return new Promise((resolve) => {
      this.#answer = (accepted) => {
        this.#answer = () => undefined;
        this.store.setState({ question: null });
        resolve(accepted);
      };
    });
  }

  answer(accepted: boolean): void {
    this.#answer(accepted);
  }
}
