"use client";

import { useEffect, useRef, useState } from "react";
import { isRunning, useSession } from "../session";
import { Button } from "../ui/button";
import { offlineStrings } from "./strings";
import { ALIVE } from "./repair-script";
import { followVersions, type Versions, type VersionState } from "./versions";

const t = offlineStrings;
const NOTE = "px-(--page-side) pb-4 text-[0.8125rem] text-muted empty:p-0";
const UPDATE =
  "sticky bottom-0 z-5 flex flex-wrap items-center gap-x-3 gap-y-2 border-t border-line bg-surface px-(--page-side) py-2 text-[0.8125rem]";

/** Says when the page works without a network, and when a newer version of it is ready. */
export function OfflineNote() {
  const [state, setState] = useState<VersionState>("unknown");
  const versions = useRef<Versions | null>(null);
  const engineReady = useSession(({ engine }) => engine.kind === "ready");
  const running = useSession(isRunning);
  const empty = useSession(({ order }) => order.length === 0);

  useEffect(() => {
    document.documentElement.dataset[ALIVE] = "";
    // In development the files change under the page, and nothing lists them.
    if (process.env.NODE_ENV !== "production") return;
    const followed = followVersions(setState);
    versions.current = followed;
    return () => followed.close();
  }, []);

  useEffect(() => {
    if (engineReady) versions.current?.keepFetched();
  }, [engineReady]);

  const update = state === "update-ready" || state === "other-tabs";
  return (
    <div
      key={empty ? "empty" : "songs"}
      role="note"
      aria-live="polite"
      className={update ? UPDATE : NOTE}
    >
      {state === "offline-ready" && t.ready}
      {update && (
        <>
          <span>{textOf(state, running, empty)}</span>
          {!running && (
            <Button onClick={() => versions.current?.reload()}>{t.update.reload}</Button>
          )}
        </>
      )}
    </div>
  );
}

function textOf(state: VersionState, running: boolean, empty: boolean): string {
  if (running) return t.update.afterBatch;
  if (state === "other-tabs") return t.update.otherTabs;
  return empty ? t.update.ready : t.update.emptiesList;
}
