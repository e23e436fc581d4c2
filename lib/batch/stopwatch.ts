/** Seconds of a batch, pauses left out. */
export class Stopwatch {
  #before = 0;
  #since: number | null = performance.now();

  get seconds(): number {
    const running = this.#since === null ? 0 : (performance.now() - this.#since) / 1000;
    return this.#before + running;
  }

  pause(): void {
    this.#before = this.seconds;
    this.#since = null;
  }

  resume(): void {
    this.#since ??= performance.now();
  }
}
