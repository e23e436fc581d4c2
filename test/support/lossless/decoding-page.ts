import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { deferred, type Deferred } from "../deferred";

export interface Changed {
  readonly bytes: Uint8Array;
  /** What its samples are to be those of the source times. */
  readonly factor: number;
}

export interface DecodingJob {
  readonly source: Uint8Array;
  readonly changed: readonly Changed[];
  /** Hz, the files' own, so that the browser does not resample. */
  readonly sampleRate: number;
}

interface Compared {
  readonly kind: "compared";
  readonly frames: number;
  readonly channels: number;
  /** Of each changed file: the largest difference to the scaled source, relative to its peak. */
  readonly differences: readonly number[];
}

/** The browser's own words where it does not decode a file. */
export type Answer = Compared | { readonly kind: "refused"; readonly message: string };

/** Plain JavaScript for whatever browser opens the page; `undefined` ends it. */
const script = `
const decode = async (path, rate) => {
  const bytes = await (await fetch(path)).arrayBuffer();
  return new OfflineAudioContext(1, 1, rate).decodeAudioData(bytes);
};
const difference = (source, changed, factor) => {
  if (source.length !== changed.length || source.numberOfChannels !== changed.numberOfChannels)
    throw new Error(source.length + " frames became " + changed.length);
  let [peak, most] = [0, 0];
  for (let channel = 0; channel < source.numberOfChannels; channel++) {
    const [a, b] = [source.getChannelData(channel), changed.getChannelData(channel)];
    for (let i = 0; i < a.length; i++) {
      const wanted = a[i] * factor;
      most = Math.max(most, Math.abs(wanted - b[i]));
      peak = Math.max(peak, Math.abs(wanted));
    }
  }
  return peak === 0 ? most : most / peak;
};
const answer = async ({ rate, factors }) => {
  const source = await decode("/source", rate);
  const differences = [];
  for (const [i, factor] of factors.entries())
    differences.push(difference(source, await decode("/changed/" + i, rate), factor));
  return { kind: "compared", frames: source.length, channels: source.numberOfChannels, differences };
};
for (;;) {
  const job = await (await fetch("/job", { method: "POST" })).json();
  const body = await answer(job).catch((error) => ({ kind: "refused", message: String(error) }));
  await fetch("/answer", { method: "POST", body: JSON.stringify(body) });
}`;

const html = `<!doctype html><meta charset="utf-8"><script type="module">${script}</script>`;

/** Decodes files by the `decodeAudioData` of the browser that has `url` open, and compares them there. */
export class DecodingPage {
  readonly #server: Server;
  #job: DecodingJob | null = null;
  #answered: Deferred<Answer> | null = null;
  /** The page's request for a job, while there is none. */
  #waiting: ServerResponse | null = null;

  static async open(): Promise<DecodingPage> {
    const page = new DecodingPage();
    await new Promise<void>((resolve) => page.#server.listen(0, "127.0.0.1", resolve));
    return page;
  }

  private constructor() {
    this.#server = createServer((request, response) => {
      void this.#serve(request, response);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** One job at a time. */
  compare(job: DecodingJob): Promise<Answer> {
    this.#job = job;
    this.#answered = deferred<Answer>();
    this.#hand();
    return this.#answered.promise;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #hand(): void {
    if (this.#waiting === null || this.#job === null) return;
    const { sampleRate: rate, changed } = this.#job;
    this.#waiting.end(JSON.stringify({ rate, factors: changed.map(({ factor }) => factor) }));
    this.#waiting = null;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, part = "", number = ""] = (request.url ?? "").split("/");
    const parts: Buffer[] = [];
    for await (const chunk of request) parts.push(chunk as Buffer);
    if (part === "job") {
      this.#waiting = response;
      this.#hand();
    } else if (part === "answer") {
      this.#job = null;
      response.end();
      this.#answered?.resolve(JSON.parse(Buffer.concat(parts).toString()) as Answer);
    } else if (part === "source") response.end(this.#job?.source);
    else if (part === "changed") response.end(this.#job?.changed[Number(number)]?.bytes);
    else response.writeHead(200, { "content-type": "text/html" }).end(html);
  }
}
