"use client";

import { useEffect, useState } from "react";
import { share, type SharedFiles } from "@/lib/offline/messages";
import { ask } from "../offline/versions";
import { useActions } from "../session";
import { strings } from "../strings";

/** Files that the system opens with the page (Launch Handler API). */
interface LaunchQueue {
  setConsumer(consumer: (launch: { readonly files?: readonly FileSystemHandle[] }) => void): void;
}

/** Adds what the system opens with the page, and what other apps share with it. */
export function OpenedFiles() {
  const actions = useActions();
  const [lost, setLost] = useState(false);

  useEffect(() => {
    const { launchQueue } = window as { readonly launchQueue?: LaunchQueue };
    launchQueue?.setConsumer(({ files = [] }) => {
      const songs = files.filter((each) => each.kind === "file") as FileSystemFileHandle[];
      if (songs.length > 0) void actions.addHandles(songs);
    });
  }, [actions]);

  useEffect(() => {
    if (location.search !== share.mark) return;
    // Only once: what was shared is handed over to the first who asks.
    history.replaceState(history.state, "", location.pathname);
    void takeShared().then((files) => (files.length > 0 ? actions.addFiles(files) : setLost(true)));
  }, [actions]);

  return lost && <p role="alert">{strings.intake.notShared}</p>;
}

async function takeShared(): Promise<readonly File[]> {
  const worker = navigator.serviceWorker?.controller;
  if (!worker) return [];
  return (await ask<SharedFiles>(worker, { kind: "take-shared" })).files;
}
