/** By signal, 128 and its number: what a shell makes of a program that the signal ended. */
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** npm hands on a signal that the terminal has sent to all its programs, so it comes twice. */
const ONE_SIGNAL_MS = 500;

/** Signals that end the command: the first lets the batch stop, another one ends it at once. */
export class Interruption {
  #exitCode: number | null = null;
  #received = 0;
  #stop: (() => Promise<unknown>) | null = null;

  constructor() {
    for (const [signal, code] of Object.entries(exitCodes)) {
      process.on(signal, () => this.#receive(code));
    }
    // A closed terminal cannot be written to; the batch stops all the same.
    for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  }

  /** What the command ends with; null while no signal has come. */
  get exitCode(): number | null {
    return this.#exitCode;
  }

  /** From now on there is something to stop. Before, the first signal ends the command. */
  stopWith(stop: () => Promise<unknown>): void {
    this.#stop = stop;
  }

  #receive(exitCode: number): void {
    const again = this.#exitCode !== null;
    if (again && Date.now() - this.#received < ONE_SIGNAL_MS) return;
    if (again || this.#stop === null) process.exit(exitCode);
    this.#exitCode = exitCode;
    this.#received = Date.now();
    console.error("\nStopping. Finished songs stay; the others are left as they were.");
    this.#stop().catch(() => process.exit(exitCode));
  }
}
