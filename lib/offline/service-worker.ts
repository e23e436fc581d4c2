import type { Build, Kept, PageRequest, share, SharedFiles, TakesOver } from "./messages";

/*
 * The service worker: the page at once, the engine and the samples after their first use, all
 * without a network. It is one file without imports at run time; the build puts `BUILD` before it.
 *
 * Every stored file is known by its SHA-256, so a build finds only its own files: a new version
 * fills in beside the old one, file by file, and neither can ever serve a file of the other. It is
 * installed only when all of its shell is there and right, and takes over only when it is told to,
 * or when no page of the old version is left.
 */
declare const self: ServiceWorkerGlobalScope;
declare const BUILD: Build;

const scope = new URL(self.registration.scope);
/** One origin may hold several copies of the page, each below a path of its own. */
const STORE = scope.pathname === "/" ? "levelup-files" : `levelup-files ${scope.pathname}`;

self.addEventListener("install", (event) => event.waitUntil(storeShell()));
self.addEventListener("activate", (event) => event.waitUntil(removeOthers()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "POST" && pathOf(request.url) === SHARE.path) {
    event.respondWith(takeShared(event));
    return;
  }
  // A range would be answered with the whole file, which media elements do not take.
  if (request.method !== "GET" || request.headers.has("range")) return;
  const path = pathOf(request.url);
  if (path === null) return;
  if (Object.hasOwn(BUILD.shell, path)) event.respondWith(shellFile(path, request));
  else if (Object.hasOwn(BUILD.assets, path)) event.respondWith(asset(path, event));
  // Whatever else there is (a file of another version, say) comes from the network.
});
self.addEventListener("message", (event) => {
  const question = event.data as PageRequest;
  const [port] = event.ports;
  const answer = (given: Kept | TakesOver | SharedFiles) => port?.postMessage(given);
  if (question.kind === "take-shared") answer(handOver());
  else if (question.kind === "keep") event.waitUntil(keep(question).then(answer));
  else event.waitUntil(takeOver().then(answer));
});

/** As in messages.ts, which is not there at run time. */
const SHARE: typeof share = { path: "share", field: "songs", mark: "?shared" };
/** Milliseconds that shared files wait for their page: it is opened at once. */
const SHARED_FOR = 60_000;
let shared: File[] = [];
let handedOver: () => void = () => undefined;

/** Keeps what was shared until the page that is opened asks for it, and opens it. */
async function takeShared(event: FetchEvent): Promise<Response> {
  const form = await event.request.formData();
  shared.push(...form.getAll(SHARE.field).filter((each) => each instanceof File));
  // The browser may end a worker that waits for nothing, and the files with it.
  event.waitUntil(
    new Promise<void>((resolve) => {
      handedOver = resolve;
      setTimeout(resolve, SHARED_FOR);
    }),
  );
  return Response.redirect(new URL(SHARE.mark, scope).href, 303);
}

function handOver(): SharedFiles {
  const files = shared;
  shared = [];
  handedOver();
  return { files };
}

/** Path below the scope, decoded; null for what lies elsewhere. The page itself is "". */
function pathOf(address: string): string | null {
  const url = new URL(address, scope);
  if (url.origin !== scope.origin || !url.pathname.startsWith(scope.pathname)) return null;
  try {
    const path = decodeURIComponent(url.pathname.slice(scope.pathname.length));
    return path === "index.html" ? "" : path;
  } catch {
    return null;
  }
}

const urlOf = (path: string): string =>
  new URL(path.split("/").map(encodeURIComponent).join("/"), scope).href;

const checksumOf = (path: string): string => (BUILD.shell[path] ?? BUILD.assets[path])!;

/** The bytes are part of the name under which a file is stored. */
const keyOf = (path: string): string => `${urlOf(path)}?sha256=${checksumOf(path)}`;

/** What is stored of a file; a copy that is not the file of this build any more is thrown away. */
async function stored(path: string): Promise<Response | undefined> {
  const store = await caches.open(STORE);
  const found = await store.match(keyOf(path));
  if (!found || (await sha256(await found.clone().arrayBuffer())) === checksumOf(path))
    return found;
  await store.delete(keyOf(path));
  return undefined;
}

async function sha256(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Rejects unless every file of the page is stored in the end; a later visit tries again. */
async function storeShell(): Promise<void> {
  // Asks the server whether the browser's own copies are still right.
  await Promise.all(Object.keys(BUILD.shell).map((path) => ensure(path, "no-cache")));
}

/** What is being stored just now: none is fetched twice at the same time. */
const underway = new Map<string, Promise<unknown>>();

function once(path: string, work: () => Promise<unknown>): Promise<unknown> {
  const running = underway.get(path) ?? work().finally(() => underway.delete(path));
  underway.set(path, running);
  return running;
}

const ensure = (path: string, cache: RequestCache): Promise<unknown> =>
  once(path, async () => {
    if (await stored(path)) return;
    // The browser's own copy may be an altered one that it takes for right for a year.
    if (!(await store(path, await fetch(urlOf(path), { cache }))))
      if (!(await store(path, await fetch(urlOf(path), { cache: "reload" }))))
        throw new Error(`${path} is not the file of this build`);
  });

/** False when the bytes are not those of this build: the site is just being changed, perhaps. */
async function store(path: string, response: Response): Promise<boolean> {
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
  const bytes = await response.arrayBuffer();
  if ((await sha256(bytes)) !== checksumOf(path)) return false;
  const headers = new Headers({
    "content-type": response.headers.get("content-type") ?? "",
    "content-length": String(bytes.byteLength),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  });
  // What a page's own <meta> cannot say: a worker has the policy of the response it came in, and
  // only a header may forbid frames.
  if (path.endsWith(".js")) headers.set("content-security-policy", BUILD.workerPolicy);
  if (path === "") headers.set("content-security-policy", "frame-ancestors 'none'");
  // A new response: a redirected one may not answer a navigation, and stored `Vary` would miss.
  await (await caches.open(STORE)).put(keyOf(path), new Response(bytes, { headers }));
  return true;
}

async function shellFile(path: string, request: Request): Promise<Response> {
  const found = await stored(path);
  if (found) return found;
  // The browser lost part of the store, or it was altered.
  await ensure(path, "no-cache").catch(() => undefined);
  const again = await stored(path);
  if (again) return again;
  // The network has another version by now, so nothing of this one may be mixed in.
  if (request.mode === "navigate") await caches.delete(STORE);
  return fetch(request);
}

async function asset(path: string, event: FetchEvent): Promise<Response> {
  const found = await stored(path);
  if (found) return found;
  const response = await fetch(event.request);
  // The page goes on with the stream; what does not fit or is not right is not stored.
  event.waitUntil(once(path, () => store(path, response.clone())).catch(() => undefined));
  return response;
}

async function keep(question: PageRequest & { kind: "keep" }): Promise<Kept> {
  if (question.build === BUILD.id) {
    await self.clients.claim();
    // Without room or network the answer below says what is there all the same.
    await storeShell().catch(() => undefined);
    for (const url of question.urls) await keepAsset(url).catch(() => undefined);
  }
  const needed = [...Object.keys(BUILD.shell), ...BUILD.engine];
  const there = await Promise.all(needed.map(stored));
  return { build: BUILD.id, offline: there.every((file) => file !== undefined) };
}

async function keepAsset(url: string): Promise<void> {
  const path = pathOf(url);
  if (path === null || !Object.hasOwn(BUILD.assets, path)) return;
  // Fetched by the page a moment ago, so the browser's own copy serves, whatever its age.
  await ensure(path, "force-cache");
}

async function takeOver(): Promise<TakesOver> {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (pages.filter(({ url }) => pathOf(url) !== null).length > 1) return { takesOver: false };
  await self.skipWaiting();
  return { takesOver: true };
}

async function removeOthers(): Promise<void> {
  const ours = new Set([...Object.keys(BUILD.shell), ...Object.keys(BUILD.assets)].map(keyOf));
  const cache = await caches.open(STORE);
  for (const { url } of await cache.keys()) {
    if (!ours.has(url)) await cache.delete(url);
  }
}
