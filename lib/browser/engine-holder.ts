import { EngineUnavailable, loadEngine, type Engine } from "./engine";
import type { EngineState } from "@/lib/session/session-state";

/** Loads the engine once, when it is first asked for; after a failure the next asking tries again. */
export class EngineHolder {
  readonly #onState: (state: EngineState) => void;
  #engine: Promise<Engine> | null = null;

  constructor(onState: (state: EngineState) => void) {
    this.#onState = onState;
  }

  /** Rejects with `EngineUnavailable`. */
  load(): Promise<Engine> {
    this.#engine ??= this.#load();
    return this.#engine;
  }

  async #load(): Promise<Engine> {
    try {
      const engine = await loadEngine(document.baseURI, (received, total) =>
        this.#onState({ kind: "loading", received, total }),
      );
      this.#onState({ kind: "ready" });
      return engine;
    } catch (error) {
      this.#engine = null;
      const message = error instanceof Error ? error.message : String(error);
      this.#onState({ kind: "failed", message });
      throw error instanceof EngineUnavailable ? error : new EngineUnavailable(message);
    }
  }
}
