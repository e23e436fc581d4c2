import * as z from "zod/mini";

/** What the workers share: compiled once on the page, posted to each. */
export interface Engine {
  readonly core: WebAssembly.Module;
  readonly coreUrl: string;
  readonly kernel: WebAssembly.Module;
}

/** `public/engine/manifest.json`, written by the build. */
const file = z.object({ url: z.string(), bytes: z.number(), sha256: z.string() });
const manifestSchema = z.object({
  files: z.object({ coreScript: file, coreWasmGzip: file, kernelWasm: file }),
});
type EngineFile = z.infer<typeof file>;

export class EngineUnavailable extends Error {
  override name = "EngineUnavailable";
}

/** How far the loading of the engine is. */
export type EngineState =
  | { readonly kind: "idle" }
  | { readonly kind: "loading"; readonly received: number; readonly total: number }
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly message: string };

/** Loads the engine once, when it is first asked for; after a failure the next asking tries again. */
export class EngineLoader {
  readonly #base: string;
  readonly #onState: (state: EngineState) => void;
  #engine: Promise<Engine> | null = null;

  /** `base`: URL of the page, beside which the engine lies. */
  constructor(base: string, onState: (state: EngineState) => void) {
    this.#base = base;
    this.#onState = onState;
  }

  /** Rejects with `EngineUnavailable`. */
  load(): Promise<Engine> {
    this.#engine ??= this.#load();
    return this.#engine;
  }

  async #load(): Promise<Engine> {
    try {
      const engine = await loadEngine(this.#base, (received, total) =>
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

/**
 * Downloads, checks and compiles the engine: 10 MB once, then from the browser's cache.
 * `onProgress` counts bytes as they arrive.
 */
export async function loadEngine(
  base: string,
  onProgress: (received: number, total: number) => void,
): Promise<Engine> {
  const root = new URL("engine/", base);
  const { files } = manifestSchema.parse(
    await (await get(new URL("manifest.json", root), { cache: "no-cache" })).json(),
  );
  const total = files.coreWasmGzip.bytes + files.coreScript.bytes + files.kernelWasm.bytes;
  let received = 0;
  const fetchChecked = async (entry: EngineFile): Promise<Uint8Array<ArrayBuffer>> => {
    // What the browser has kept may be altered, and right for a year as far as it knows.
    for (const cache of ["default", "reload"] as const) {
      let arrived = 0;
      const bytes = await download(new URL(entry.url, root), entry.bytes, cache, (count) => {
        arrived += count;
        received += count;
        onProgress(received, total);
      });
      if (bytes && (await isRight(bytes, entry))) return bytes;
      received -= arrived;
    }
    throw new EngineUnavailable(`${entry.url} does not match its checksum`);
  };
  onProgress(0, total);
  const [gzip, kernel] = await Promise.all([
    fetchChecked(files.coreWasmGzip),
    fetchChecked(files.kernelWasm),
    // Workers import it by URL; fetched here so that it is checked, and cached for them.
    fetchChecked(files.coreScript),
  ]);
  const stream = paced(gzip).pipeThrough(new DecompressionStream("gzip"));
  const wasm = new Response(stream, { headers: { "content-type": "application/wasm" } });
  return {
    core: await WebAssembly.compileStreaming(wasm),
    coreUrl: new URL(files.coreScript.url, root).href,
    kernel: await WebAssembly.compile(kernel),
  };
}

/** Bytes that are unpacked and compiled in one task of the page: about 10 ms of work. */
const PACE = 64 * 1024;

/**
 * A piece a task. Bytes that are all there at once are unpacked and compiled in a single task, which
 * would keep the page from answering for a second or two, just when songs were added.
 */
function paced(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      await nextTask();
      if (at < bytes.length) controller.enqueue(bytes.subarray(at, (at += PACE)));
      else controller.close();
    },
  });
}

/** Unlike a timer, a message is delivered at once, also in a tab that is hidden. */
const nextTask = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

async function get(url: URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init).catch((error: unknown) => {
    throw new EngineUnavailable(`${url.pathname} could not be fetched: ${String(error)}`);
  });
  if (!response.ok) throw new EngineUnavailable(`${url.pathname}: HTTP ${response.status}`);
  return response;
}

/** Null when there is more of it than expected. */
async function download(
  url: URL,
  expected: number,
  cache: RequestCache,
  onChunk: (bytes: number) => void,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const { body } = await get(url, { cache });
  const bytes = new Uint8Array(expected);
  let filled = 0;
  const reader = body!.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    if (filled + next.value.length > expected) {
      await reader.cancel();
      return null;
    }
    bytes.set(next.value, filled);
    filled += next.value.length;
    onChunk(next.value.length);
  }
  return bytes.subarray(0, filled);
}

/** An altered or half-cached file must not run. */
async function isRight(bytes: Uint8Array<ArrayBuffer>, entry: EngineFile): Promise<boolean> {
  // Web Crypto is there on secure origins only; localhost and https both are.
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex === entry.sha256;
}
