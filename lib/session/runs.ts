import type { SwapsWaiting } from "@/lib/batch/totals";
import type { Settings } from "@/lib/settings/settings";
import type { Phase, Question, ShownRun } from "./session-state";

/** What is said of a run, also after its end. */
export interface RunFacts extends ShownRun {
  /** The number that the settings give. */
  readonly workers: number;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  /** Seconds since the start, pauses left out. */
  readonly elapsed: number;
  readonly swaps: SwapsWaiting;
}

/** A run that may be begun once. */
export interface Runnable {
  readonly facts: RunFacts;
  /** Settles when everything has ended. */
  work(): Promise<void>;
  pause(): void;
  resume(): void;
  /** No further song is begun; `now` ends the running ones too. */
  stop(now: boolean): void;
  /** Only the number of workers may change under a run. */
  changeSettings(settings: Settings): void;
}

type Idle = { readonly kind: "idle"; readonly last: RunFacts | null };
type Finished = { readonly kind: "finished"; readonly last: RunFacts };
type Asking = {
  readonly kind: "asking";
  /** Where it goes back to when nothing comes of it. */
  readonly before: Idle | Finished;
  readonly open: {
    readonly question: Question;
    answer(accepted: boolean, chosen: readonly number[]): void;
  } | null;
};

/**
 * Where the session's run stands: at most one at a time. Idle → asking (from a click on, while
 * permissions, answers and the engine are waited for) → running ⇄ paused → finished. From asking it
 * goes back to where it was when nothing comes of it, and from finished to idle when songs are added.
 */
type RunState =
  | Idle
  | Asking
  | { readonly kind: "running"; readonly run: Runnable }
  | { readonly kind: "paused"; readonly run: Runnable }
  | Finished;

/** The only one that begins, ends and changes the state of runs. */
export class Runs {
  readonly #onChange: (shown: {
    readonly phase: Phase;
    readonly question: Question | null;
  }) => void;
  #state: RunState = { kind: "idle", last: null };

  constructor(
    onChange: (shown: { readonly phase: Phase; readonly question: Question | null }) => void,
  ) {
    this.#onChange = onChange;
  }

  /** The run that is running or paused. */
  get active(): Runnable | null {
    return "run" in this.#state ? this.#state.run : null;
  }

  /** Of the active run, or the last one since the list was cleared. */
  get facts(): RunFacts | null {
    const state = this.#state;
    if ("run" in state) return state.run.facts;
    return state.kind === "asking" ? state.before.last : state.last;
  }

  /**
   * Waits for what `work` asks for, and carries out the run that it gives, to its end. Does nothing
   * while something else is asked or run. Rejects as `work` or the run does.
   */
  async begin(work: () => Promise<Runnable | null | void>): Promise<void> {
    const before = this.#state;
    if (before.kind !== "idle" && before.kind !== "finished") return;
    this.#enter({ kind: "asking", before, open: null });
    let run: Runnable | null = null;
    try {
      run = (await work()) ?? null;
    } finally {
      if (!run) this.#endAsking();
    }
    if (run) await this.#carryOut(run);
  }

  /** A question to the person. Only what `begin` was given may ask; one question at a time. */
  ask(question: Question): Promise<boolean> {
    return new Promise((answer) => this.#open(question, answer));
  }

  /** The same where several things may be chosen: which of them; none where it was not accepted. */
  choose(question: Question): Promise<readonly number[]> {
    return new Promise((answer) =>
      this.#open(question, (accepted, chosen) => answer(accepted ? chosen : [])),
    );
  }

  #open(question: Question, answer: (accepted: boolean, chosen: readonly number[]) => void): void {
    const state = this.#state;
    if (state.kind !== "asking") throw new Error("Nothing was begun that could ask.");
    this.#enter({ ...state, open: { question, answer } });
  }

  answer(accepted: boolean, chosen: readonly number[] = []): void {
    const state = this.#state;
    if (state.kind !== "asking" || !state.open) return;
    this.#enter({ ...state, open: null });
    state.open.answer(accepted, chosen);
  }

  pause(): void {
    if (this.#state.kind !== "running") return;
    const { run } = this.#state;
    // What only waits for the disk cannot be paused: nothing would begin afterwards.
    if (run.facts.swaps.left !== null) return;
    run.pause();
    this.#enter({ kind: "paused", run });
  }

  resume(): void {
    if (this.#state.kind !== "paused") return;
    const { run } = this.#state;
    this.#enter({ kind: "running", run });
    run.resume();
  }

  stop(now: boolean): void {
    this.active?.stop(now);
  }

  /** There is more to do than what was finished. */
  songsAdded(): void {
    if (this.#state.kind === "finished") this.#enter({ kind: "idle", last: this.#state.last });
  }

  /**
   * The list was emptied, which is not possible under a run. Gives what brings the end of the last
   * run back, as long as nothing was begun since.
   */
  clear(): () => void {
    const state = this.#state;
    if ("run" in state) return () => undefined;
    const idle: Idle = { kind: "idle", last: null };
    this.#enter(state.kind === "asking" ? { ...state, before: idle } : idle);
    return () => {
      if (this.#state === idle && state.kind !== "asking") this.#enter(state);
    };
  }

  #endAsking(): void {
    if (this.#state.kind === "asking") this.#enter(this.#state.before);
  }

  async #carryOut(run: Runnable): Promise<void> {
    // Begun first: what is shown with the new phase is of this run already.
    const working = run.work();
    this.#enter({ kind: "running", run });
    try {
      await working;
    } finally {
      this.#enter({ kind: "finished", last: run.facts });
    }
  }

  #enter(state: RunState): void {
    this.#state = state;
    const question = state.kind === "asking" ? (state.open?.question ?? null) : null;
    this.#onChange({ phase: phaseOf(state), question });
  }
}

function phaseOf(state: RunState): Phase {
  switch (state.kind) {
    case "idle":
      return "ready";
    case "asking":
      return phaseOf(state.before);
    case "running":
      return state.run.facts.mode === "measure" ? "measuring" : "leveling";
    case "paused":
    case "finished":
      return state.kind;
  }
}
