import { createHash } from "node:crypto";
import vm from "node:vm";
import { beforeEach, describe, expect, it } from "vitest";
import type { Build, Kept, PageRequest, SharedFiles, TakesOver } from "@/lib/offline/messages";
import { serviceWorkerFor } from "../../../scripts/build/harden-export/build";

/*
 * The service worker as the build writes it, in a context of fakes: for what a real browser does
 * not do on demand (lost files, half a deployment, full disks). e2e/offline.test.ts has the rest.
 */

const scope = "https://songs.example/level/";
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const checksums = (files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [path, sha256(text)]));

interface Site {
  readonly shell: Readonly<Record<string, string>>;
  readonly assets: Readonly<Record<string, string>>;
}
const siteA: Site = {
  shell: { "": "page A", "_next/a.js": "code A", "engine/manifest.json": "{A}" },
  assets: { "engine/1.0/core.js": "core 1", "samples/One Song.mp3": "song" },
};
const siteB: Site = {
  shell: { "": "page B", "_next/b.js": "code B", "engine/manifest.json": "{B}" },
  assets: { "engine/1.1/core.js": "core 1.1", "samples/One Song.mp3": "song" },
};

type Files = Map<string, { body: Uint8Array; headers: Headers }>;

/** One origin's storage, shared by all versions of its service worker, and by other pages. */
class Disk {
  readonly #stores = new Map<string, Files>();
  full = false;
  store(name: string): Files {
    const found: Files = this.#stores.get(name) ?? new Map<string, never>();
    this.#stores.set(name, found);
    return found;
  }
  get files(): Files {
    return this.store("levelup-files /level/");
  }
  readonly caches = {
    open: (name: string) => {
      const files = this.store(name);
      return Promise.resolve({
        match: (url: string) => {
          const found = files.get(url);
          return Promise.resolve(found && new Response(found.body.slice(), found));
        },
        put: async (url: string, response: Response) => {
          const body = new Uint8Array(await response.arrayBuffer());
          if (this.full) throw new DOMException("The disk is full.", "QuotaExceededError");
          files.set(url, { body, headers: response.headers });
        },
        keys: () => Promise.resolve([...files.keys()].map((url) => ({ url }))),
        delete: (url: string) => Promise.resolve(files.delete(url)),
      });
    },
    delete: (name: string) => Promise.resolve(this.#stores.delete(name)),
  };
  paths(): string[] {
    return [...this.files.keys()].map((url) => decodeURIComponent(new URL(url).pathname)).sort();
  }
}

/** What the host serves now; `null` is a host that cannot be reached. */
class Host {
  site: Site | null = siteA;
  /** What the browser has of it in its HTTP cache, by path, and takes for right for a year. */
  held: Readonly<Record<string, string>> = {};
  asked: string[] = [];
  readonly fetch = (
    input: string | { url: string },
    { cache }: RequestInit = {},
  ): Promise<Response> => {
    const url = new URL(typeof input === "string" ? input : input.url);
    this.asked.push(url.href);
    if (this.site === null) return Promise.reject(new TypeError("Failed to fetch"));
    const path = decodeURIComponent(url.pathname.slice(new URL(scope).pathname.length));
    const held = cache === "reload" ? undefined : this.held[path];
    const text = held ?? this.site.shell[path] ?? this.site.assets[path];
    const headers = { "content-type": "text/plain", vary: "Accept-Encoding" };
    return Promise.resolve(
      text === undefined ? new Response("", { status: 404 }) : new Response(text, { headers }),
    );
  };
}

/** A service worker of one build, running. */
class Running {
  readonly #listeners = new Map<string, (event: object) => void>();
  readonly build: Build;
  skippedWaiting = false;
  claimed = false;
  pages: string[] = [scope];

  constructor(id: string, site: Site, disk: Disk, host: Host) {
    this.build = {
      id,
      shell: checksums(site.shell),
      assets: checksums(site.assets),
      engine: Object.keys(site.assets).filter((path) => path.startsWith("engine/")),
      workerPolicy: "default-src 'none'",
    };
    const self = {
      registration: { scope },
      addEventListener: (type: string, listener: (event: object) => void) =>
        this.#listeners.set(type, listener),
      skipWaiting: () => Promise.resolve(void (this.skippedWaiting = true)),
      clients: {
        claim: () => Promise.resolve(void (this.claimed = true)),
        matchAll: () => Promise.resolve(this.pages.map((url) => ({ url }))),
      },
    };
    const globals = {
      self,
      caches: disk.caches,
      fetch: host.fetch,
      crypto,
      URL,
      Headers,
      Response,
      File,
      // Longer than any test.
      setTimeout: () => 0,
    };
    vm.runInNewContext(serviceWorkerFor(this.build), { ...globals, Uint8Array, Object });
  }

  async #lasting(type: string, event: object = {}): Promise<void> {
    const lasting: Promise<unknown>[] = [];
    const waitUntil = (work: Promise<unknown>) => void lasting.push(work);
    this.#listeners.get(type)!({ ...event, waitUntil });
    await Promise.all(lasting);
  }
  install = () => this.#lasting("install");
  activate = () => this.#lasting("activate");

  async ask<Answer>(question: PageRequest): Promise<Answer> {
    let answer: unknown;
    const port = { postMessage: (given: unknown) => (answer = given) };
    await this.#lasting("message", { data: question, ports: [port] });
    return answer as Answer;
  }

  /** As the system posts what is shared. `done` ends when the worker may be ended. */
  async post(path: string, form: FormData) {
    const answers: Promise<Response>[] = [];
    const lasting: Promise<unknown>[] = [];
    this.#listeners.get("fetch")!({
      request: new Request(new URL(path, scope), { method: "POST", body: form }),
      respondWith: (given: Promise<Response>) => void answers.push(given),
      waitUntil: (work: Promise<unknown>) => void lasting.push(work),
    });
    const answer = await answers[0];
    return { answer, done: Promise.all(lasting) };
  }

  /** Text of the answer; null when the request is left to the browser. */
  async get(path: string, init: { mode?: string; method?: string; range?: boolean } = {}) {
    const answers: Promise<Response>[] = [];
    const lasting: Promise<unknown>[] = [];
    this.#listeners.get("fetch")!({
      request: {
        url: new URL(path, scope).href,
        method: init.method ?? "GET",
        mode: init.mode ?? "cors",
        headers: new Headers(init.range ? { range: "bytes=0-1" } : {}),
      },
      respondWith: (given: Promise<Response>) => void answers.push(given),
      waitUntil: (work: Promise<unknown>) => void lasting.push(work),
    });
    const text = (await (await answers[0])?.text()) ?? null;
    await Promise.all(lasting);
    return text;
  }
}

let disk: Disk;
let host: Host;
let a: Running;
beforeEach(() => {
  disk = new Disk();
  host = new Host();
  a = new Running("A", siteA, disk, host);
});
const keep = (worker: Running, urls: readonly string[] = []) =>
  worker.ask<Kept>({ kind: "keep", build: worker.build.id, urls: urls.map((url) => scope + url) });

describe("the shell", () => {
  it("is all there after the install and needs no network from then on", async () => {
    await a.install();
    host.site = null;
    expect(await a.get("", { mode: "navigate" })).toBe("page A");
    expect(await a.get("index.html?utm=1", { mode: "navigate" })).toBe("page A");
    expect(await a.get("_next/a.js")).toBe("code A");
  });

  it("is not installed while one of its files is missing or another one", async () => {
    const missing = { "": "page A", "engine/manifest.json": "{A}" };
    for (const shell of [missing, { ...missing, "_next/a.js": "code B" }]) {
      host.site = { ...siteA, shell };
      await expect(a.install()).rejects.toThrow("_next/a.js");
    }
    host.site = siteA;
    await a.install();
    expect(await a.get("_next/a.js")).toBe("code A");
  });

  it("is not installed on a full disk", async () => {
    disk.full = true;
    await expect(a.install()).rejects.toThrow("The disk is full.");
  });

  it("leaves everything to the network once the browser lost the page itself", async () => {
    await a.install();
    disk.files.delete([...disk.files.keys()].find((url) => url.includes("/?"))!);
    host.site = siteB;
    expect(await a.get("", { mode: "navigate" })).toBe("page B");
    expect(await a.get("engine/manifest.json"), "nothing of A beside it").toBe("{B}");
  });

  it("is filled again when a part was lost and the host still has it", async () => {
    await a.install();
    disk.files.clear();
    await keep(a);
    host.site = null;
    expect(await a.get("", { mode: "navigate" })).toBe("page A");
  });
});

describe("altered bytes", () => {
  const alter = (end: string) => {
    const url = [...disk.files.keys()].find((each) => new URL(each).pathname.endsWith(end))!;
    disk.files.set(url, { body: new TextEncoder().encode("altered"), headers: new Headers() });
  };

  it("in the store are thrown away and fetched anew, page and engine alike", async () => {
    await a.install();
    await a.get("engine/1.0/core.js");
    for (const end of ["/level/", "a.js", "core.js"]) alter(end);
    expect(await a.get("", { mode: "navigate" })).toBe("page A");
    expect(await a.get("_next/a.js")).toBe("code A");
    expect(await a.get("engine/1.0/core.js")).toBe("core 1");
    host.site = null;
    expect(await a.get("_next/a.js"), "stored again").toBe("code A");
    expect(await a.get("engine/1.0/core.js"), "stored again").toBe("core 1");
  });

  it("in the store are not served without a network either", async () => {
    await a.install();
    alter("a.js");
    host.site = null;
    await expect(a.get("_next/a.js")).rejects.toThrow("Failed to fetch");
  });

  it("in the browser's own cache are passed by, at the install and after it", async () => {
    host.held = { "_next/a.js": "altered", "engine/1.0/core.js": "altered" };
    await a.install();
    expect(await a.get("_next/a.js")).toBe("code A");
    expect(await keep(a, ["engine/1.0/core.js"])).toEqual({ build: "A", offline: true });
    alter("a.js");
    expect(await a.get("_next/a.js")).toBe("code A");
  });
});

describe("the engine and the samples", () => {
  it("are kept from their first use", async () => {
    await a.install();
    expect(disk.paths()).not.toContain("/level/engine/1.0/core.js");
    expect(await a.get("engine/1.0/core.js")).toBe("core 1");
    expect(await a.get("samples/One%20Song.mp3")).toBe("song");
    host.site = null;
    expect(await a.get("engine/1.0/core.js")).toBe("core 1");
    expect(await a.get("samples/One%20Song.mp3")).toBe("song");
  });

  it("are fetched once, however often the page asks that they be kept", async () => {
    await a.install();
    const core = "engine/1.0/core.js";
    host.asked = [];
    await Promise.all([keep(a, [core]), keep(a, [core]), keep(a, [core])]);
    await keep(a, [core]);
    expect(host.asked).toEqual([scope + core]);
  });

  it("are handed through but not kept when they are not those of the build", async () => {
    await a.install();
    host.site = { ...siteA, assets: { "engine/1.0/core.js": "altered" } };
    expect(await a.get("engine/1.0/core.js")).toBe("altered");
    expect(disk.paths()).not.toContain("/level/engine/1.0/core.js");
    expect(await keep(a, ["engine/1.0/core.js"])).toEqual({ build: "A", offline: false });
  });

  it("are handed through on a full disk", async () => {
    await a.install();
    disk.full = true;
    expect(await a.get("engine/1.0/core.js")).toBe("core 1");
    expect(await keep(a)).toEqual({ build: "A", offline: false });
  });

  it("are kept when the page fetched them before it had a service worker", async () => {
    await a.install();
    expect(await keep(a)).toEqual({ build: "A", offline: false });
    const urls = ["engine/1.0/core.js", "somewhere/else.js", "../out.js"];
    expect(await keep(a, urls)).toEqual({ build: "A", offline: true });
    expect(a.claimed).toBe(true);
  });
});

describe("requests that are none of its business", () => {
  it("go to the browser", async () => {
    await a.install();
    expect(await a.get("https://elsewhere.example/level/_next/a.js")).toBeNull();
    expect(await a.get("/other/_next/a.js")).toBeNull();
    expect(await a.get("_next/of-another-version.js")).toBeNull();
    expect(await a.get("constructor")).toBeNull();
    expect(await a.get("%E0%A4%A")).toBeNull();
    expect(await a.get("", { method: "POST" })).toBeNull();
    expect(await a.get("samples/One%20Song.mp3", { range: true })).toBeNull();
  });
});

describe("a new version", () => {
  let b: Running;
  beforeEach(async () => {
    await a.install();
    await a.get("engine/1.0/core.js");
    await a.get("samples/One%20Song.mp3");
    host.site = siteB;
    b = new Running("B", siteB, disk, host);
  });

  it("fills in beside the old one, which goes on serving its own files alone", async () => {
    await b.install();
    expect(await a.get("", { mode: "navigate" })).toBe("page A");
    expect(await a.get("engine/manifest.json")).toBe("{A}");
    expect(await a.get("engine/1.0/core.js")).toBe("core 1");
    expect(b.skippedWaiting).toBe(false);
  });

  it("does not fetch again what did not change", async () => {
    await b.install();
    await b.activate();
    host.site = null;
    expect(await b.get("samples/One%20Song.mp3")).toBe("song");
  });

  it("removes what was the old one's alone, when it takes over", async () => {
    await b.install();
    await b.activate();
    expect(disk.paths()).toEqual(
      ["", "_next/b.js", "engine/manifest.json", "samples/One Song.mp3"].map((p) => `/level/${p}`),
    );
    expect(await b.get("engine/manifest.json")).toBe("{B}");
  });

  it("leaves what another copy of the page on the same host has stored", async () => {
    const copy = disk.store("levelup-files");
    copy.set("https://songs.example/?sha256=1", { body: new Uint8Array(), headers: new Headers() });
    await b.install();
    await b.activate();
    expect(copy.size).toBe(1);
  });

  it("takes over only when no other tab is open, wherever other pages of the host are", async () => {
    await b.install();
    b.pages = [scope, `${scope}?again`];
    expect(await b.ask<TakesOver>({ kind: "take-over" })).toEqual({ takesOver: false });
    expect(b.skippedWaiting).toBe(false);
    b.pages = [scope, "https://songs.example/blog/"];
    expect(await b.ask<TakesOver>({ kind: "take-over" })).toEqual({ takesOver: true });
    expect(b.skippedWaiting).toBe(true);
  });

  it("does not claim a page of the old one", async () => {
    await b.install();
    const kept = await b.ask<Kept>({ kind: "keep", build: "A", urls: [] });
    expect(kept.build).toBe("B");
    expect(b.claimed).toBe(false);
  });
});

it("keeps what another app shares for the page that it opens, which gets it once", async () => {
  const form = new FormData();
  form.append("songs", new File(["1"], "one.mp3"));
  form.append("songs", new File(["2"], "two.flac"));
  form.append("songs", "no file");
  form.append("title", new File(["3"], "another field"));
  const { answer, done } = await a.post("share", form);
  expect(answer?.status).toBe(303);
  expect(answer?.headers.get("location")).toBe(`${scope}?shared`);
  const take = async () =>
    (await a.ask<SharedFiles>({ kind: "take-shared" })).files.map(({ name }) => name);
  expect(await take()).toEqual(["one.mp3", "two.flac"]);
  await done;
  expect(await take()).toEqual([]);
  expect((await a.post("elsewhere", form)).answer).toBeUndefined();
});

it("gives workers the policy that a page cannot give them", async () => {
  await a.install();
  const headersOf = (end: string) =>
    [...disk.files].find(([url]) => new URL(url).pathname.endsWith(end))?.[1].headers;
  expect(headersOf("a.js")?.get("content-security-policy")).toBe("default-src 'none'");
  expect(headersOf("/level/")?.get("content-security-policy")).toBe("frame-ancestors 'none'");
  expect(headersOf("a.js")?.get("vary")).toBeNull();
});
