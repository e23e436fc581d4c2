import { BUILD_META, type Kept, type PageRequest, type TakesOver } from "@/lib/offline/messages";

/** Where the page stands: its own files, and whether a newer version waits beside them. */
export type VersionState =
  | "unknown"
  /** Page and engine are stored: everything works without a network. */
  | "offline-ready"
  | "update-ready"
  /** As `update-ready`, but another tab still runs the version that it was loaded with. */
  | "other-tabs";

export interface Versions {
  /** Stores what the page has fetched before the service worker was there. */
  keepFetched(): void;
  /** The person agreed. Reloads the page with the new version, or changes to "other-tabs". */
  reload(): void;
  close(): void;
}

/**
 * Registers the service worker and follows its versions. Every failure (a private window, a host
 * that changes our files, no room) leaves the page as it would be without one, so none is told.
 */
export function followVersions(onChange: (state: VersionState) => void): Versions {
  const listening = new AbortController();
  const { signal } = listening;
  const build =
    document.querySelector<HTMLMetaElement>(`meta[name=${BUILD_META}]`)?.content ?? null;
  let registration: ServiceWorkerRegistration | null = null;

  const look = async () => {
    if (!registration) return;
    // Without an active one the first version itself is waiting, for the blink of an eye.
    if (registration.waiting) return registration.active ? onChange("update-ready") : undefined;
    const worker = registration.active;
    if (!worker) return;
    const urls = performance.getEntriesByType("resource").map(({ name }) => name);
    const kept = await ask<Kept>(worker, { kind: "keep", build, urls });
    if (signal.aborted || registration.waiting) return;
    // Another tab may have brought a newer version along while this page was loading.
    if (kept.build !== build) onChange("update-ready");
    else if (kept.offline) onChange("offline-ready");
  };

  const follow = (worker: ServiceWorker | null) =>
    worker?.addEventListener(
      "statechange",
      () => void (["installed", "activated"].includes(worker.state) && look()),
      { signal },
    );

  const register = async () => {
    const address = new URL("sw.js", document.baseURI);
    registration = await navigator.serviceWorker.register(address, { updateViaCache: "none" });
    if (signal.aborted) return;
    follow(registration.installing);
    registration.addEventListener("updatefound", () => follow(registration!.installing), {
      signal,
    });
    await look();
  };

  const reload = async () => {
    const waiting = registration?.waiting;
    if (!waiting) return location.reload();
    waiting.addEventListener(
      "statechange",
      () => waiting.state === "activated" && location.reload(),
      { signal },
    );
    const { takesOver } = await ask<TakesOver>(waiting, { kind: "take-over" });
    if (!takesOver) onChange("other-tabs");
  };

  if ("serviceWorker" in navigator) {
    const begin = () => void register().catch(() => undefined);
    // The page itself comes first.
    if (document.readyState === "complete") begin();
    else window.addEventListener("load", begin, { once: true, signal });
  }
  return {
    keepFetched: () => void look(),
    reload: () => void reload(),
    close: () => listening.abort(),
  };
}

export function ask<Answer>(worker: ServiceWorker, question: PageRequest): Promise<Answer> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => {
      port1.close();
      resolve(data as Answer);
    };
    worker.postMessage(question, [port2]);
  });
}
