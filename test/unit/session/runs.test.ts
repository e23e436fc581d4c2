import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type RunFacts, type Runnable, Runs } from "@/lib/session/runs";
import type { Phase, Question } from "@/lib/session/session-state";
import { defaultSettings } from "@/lib/settings/settings";
import { deferred, settled } from "../../support/deferred";

/** A run that goes on until the test ends it, and tells what was done to it. */
class FakeRun implements Runnable {
  readonly name: number;
  readonly mode: RunFacts["mode"];
  readonly done: string[] = [];
  readonly end = deferred();
  /** Seconds that only swaps still wait. */
  left: number | null = null;

  constructor(name: number, mode: RunFacts["mode"]) {
    this.name = name;
    this.mode = mode;
  }

  get facts(): RunFacts {
    const startedAt = new Date(this.name);
    const settled = { settings: defaultSettings, target: null, beside: [] };
    const counts = { ids: [], workers: 1, elapsed: 0, swaps: { age: 0, left: this.left } };
    return { mode: this.mode, ...settled, ...counts, startedAt, finishedAt: null };
  }

  work = () => (this.done.push("work"), this.end.promise);
  pause = () => void this.done.push("pause");
  resume = () => void this.done.push("resume");
  stop = (now: boolean) => void this.done.push(now ? "stop now" : "stop");
  changeSettings = () => undefined;
}

const question: Question = { kind: "delete-originals", songs: 1 };

/** What the session is thought to be in. Runs go by their names. */
interface Model {
  kind: "idle" | "asking" | "running" | "paused" | "finished";
  /** While asking: what it goes back to. */
  before: "idle" | "finished";
  asked: boolean;
  run: FakeRun | null;
  last: FakeRun | null;
  /** What was done to the present run. */
  done: string[];
  /** How many runs there were. */
  count: number;
  answers: boolean[];
}

/** The session's runs, driven from outside: what is waited for happens when a command says so. */
class Real {
  phase: Phase = "ready";
  question: Question | null = null;
  readonly runs = new Runs(({ phase, question }) => {
    this.phase = phase;
    this.question = question;
  });
  /** What `begin` waits for: asks first, or gives a run, nothing, or an error. */
  preparation = deferred<"ask" | Runnable | null>();
  readonly answers: boolean[] = [];
  readonly errors: unknown[] = [];

  begin(): void {
    this.runs
      .begin(async () => {
        for (;;) {
          this.preparation = deferred();
          const next = await this.preparation.promise;
          if (next !== "ask") return next;
          this.answers.push(await this.runs.ask(question));
        }
      })
      .catch((error: unknown) => this.errors.push(error));
  }
}

class Command implements fc.AsyncCommand<Model, Real> {
  readonly #name: string;
  readonly #does: (model: Model, real: Real) => void;
  readonly #can: (model: Model) => boolean;

  constructor(
    name: string,
    does: (model: Model, real: Real) => void,
    can: (model: Model) => boolean = () => true,
  ) {
    this.#name = name;
    this.#does = does;
    this.#can = can;
  }

  check = (model: Readonly<Model>) => this.#can(model);

  async run(model: Model, real: Real): Promise<void> {
    this.#does(model, real);
    await settled();
    const measuring = model.run?.mode === "measure";
    const phases: Record<Model["kind"], Phase> = {
      idle: "ready",
      asking: model.before === "idle" ? "ready" : "finished",
      running: measuring ? "measuring" : "leveling",
      paused: "paused",
      finished: "finished",
    };
    expect(real.phase).toBe(phases[model.kind]);
    expect(real.question).toBe(model.asked ? question : null);
    expect(real.runs.active).toBe(model.run);
    expect(real.runs.facts?.startedAt.getTime()).toBe((model.run ?? model.last)?.name);
    expect(real.answers).toEqual(model.answers);
    if (model.run) expect(model.run.done).toEqual(model.done);
  }

  toString = () => this.#name;
}

const atRest = ({ kind }: Model) => kind === "idle" || kind === "finished";
const waits = ({ kind, asked }: Model) => kind === "asking" && !asked;
const isActive = ({ kind }: Model) => kind === "running" || kind === "paused";

function finish(model: Model): void {
  Object.assign(model, { kind: "finished", last: model.run, run: null, done: [] });
}

const commands = [
  fc.constant(
    new Command("start", (model, real) => {
      if (atRest(model)) Object.assign(model, { before: model.kind, kind: "asking" });
      real.begin();
    }),
  ),
  fc.constant(
    new Command(
      "ask",
      (model, real) => {
        model.asked = true;
        real.preparation.resolve("ask");
      },
      waits,
    ),
  ),
  fc.boolean().map(
    (accepted) =>
      new Command(`answer ${accepted}`, (model, real) => {
        if (model.asked) model.answers.push(accepted);
        model.asked = false;
        real.runs.answer(accepted);
      }),
  ),
  fc.constantFrom<RunFacts["mode"]>("measure", "level", "undo").map(
    (mode) =>
      new Command(
        `run ${mode}`,
        (model, real) => {
          const run = new FakeRun(++model.count, mode);
          Object.assign(model, { kind: "running", run, done: ["work"] });
          real.preparation.resolve(run);
        },
        waits,
      ),
  ),
  fc.boolean().map(
    (fails) =>
      new Command(
        fails ? "preparation fails" : "nothing comes of it",
        (model, real) => {
          model.kind = model.before;
          if (fails) real.preparation.reject(new Error("no engine"));
          else real.preparation.resolve(null);
        },
        waits,
      ),
  ),
  fc.constant(
    new Command("pause", (model, real) => {
      if (model.kind === "running") {
        model.kind = "paused";
        model.done.push("pause");
      }
      real.runs.pause();
    }),
  ),
  fc.constant(
    new Command("resume", (model, real) => {
      if (model.kind === "paused") {
        model.kind = "running";
        model.done.push("resume");
      }
      real.runs.resume();
    }),
  ),
  fc.boolean().map(
    (now) =>
      new Command(`stop ${now}`, (model, real) => {
        if (model.run) model.done.push(now ? "stop now" : "stop");
        real.runs.stop(now);
      }),
  ),
  fc.boolean().map(
    (fails) =>
      new Command(
        fails ? "the run fails" : "the run ends",
        (model) => {
          if (fails) model.run?.end.reject(new Error("a bug"));
          else model.run?.end.resolve();
          finish(model);
        },
        isActive,
      ),
  ),
  fc.constant(
    new Command("add songs", (model, real) => {
      if (model.kind === "finished") model.kind = "idle";
      real.runs.songsAdded();
    }),
  ),
  fc.constant(
    new Command("clear", (model, real) => {
      if (!isActive(model)) {
        model.last = null;
        if (model.kind === "asking") model.before = "idle";
        else model.kind = "idle";
      }
      real.runs.clear();
    }),
  ),
];

const started = (): { model: Model; real: Real } => ({
  model: {
    ...{ kind: "idle", before: "idle", asked: false },
    ...{ run: null, last: null, done: [], count: 0, answers: [] },
  },
  real: new Real(),
});

describe("the session's runs", () => {
  it("are one at a time, and in one state, whatever is done in whatever order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { maxCommands: 40 }), (sequence) =>
        fc.asyncModelRun(started, sequence),
      ),
      { numRuns: 300 },
    );
  });

  it("say why one came to nothing or ended badly, to whoever began it", async () => {
    const real = new Real();
    real.begin();
    real.preparation.reject(new Error("no engine"));
    await settled();
    real.begin();
    const run = new FakeRun(1, "level");
    real.preparation.resolve(run);
    await settled();
    run.end.reject(new Error("a bug"));
    await settled();
    expect(real.errors).toEqual([new Error("no engine"), new Error("a bug")]);
    expect(real.phase).toBe("finished");
  });

  it("are not paused where only swaps are left: nothing would begin afterwards", async () => {
    const run = new FakeRun(1, "level");
    const runs = new Runs(() => undefined);
    void runs.begin(() => Promise.resolve(run));
    await settled();
    run.left = 42;
    runs.pause();
    expect(run.done).toEqual(["work"]);
    run.end.resolve();
  });

  it("show a run's own songs from the first moment of its phase", async () => {
    const run = new FakeRun(1, "level");
    const seen: string[] = [];
    const runs = new Runs(({ phase }) => {
      if (phase === "leveling") seen.push(...run.done, String(runs.facts?.startedAt.getTime()));
    });
    void runs.begin(() => Promise.resolve(run));
    await settled();
    expect(seen).toEqual(["work", "1"]);
    run.end.resolve();
  });
});
