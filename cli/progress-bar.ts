import type { WriteStream } from "node:tty";

/**
 * One line that is drawn over, on a terminal; elsewhere a line whenever a tenth is done or something
 * else is being done.
 */
export class ProgressBar {
  readonly #stream: WriteStream;
  #tenths = -1;
  #doing = "";

  constructor(stream: WriteStream) {
    this.#stream = stream;
  }

  /** `percent` from 0 to 100. */
  draw(percent: number, text: string): void {
    if (this.#stream.isTTY) {
      const width = 28;
      const filled = Math.round((percent / 100) * width);
      const bar = "█".repeat(filled) + "░".repeat(width - filled);
      const line = `${bar} ${percent.toFixed(0).padStart(3)} %  ${text}`;
      this.#stream.write(
        `\r\u001b[K${line.slice(0, Math.max(20, (this.#stream.columns || 80) - 1))}`,
      );
      return;
    }
    const tenths = Math.floor(percent / 10);
    const [doing = ""] = text.split(":");
    if (tenths > this.#tenths || doing !== this.#doing)
      this.#stream.write(`${percent.toFixed(0)} %  ${text}\n`);
    this.#doing = doing;
    this.#tenths = Math.max(tenths, this.#tenths);
  }

  clear(): void {
    if (this.#stream.isTTY) this.#stream.write("\r\u001b[K");
  }
}
