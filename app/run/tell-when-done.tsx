"use client";

import { useEffect, useId, useState } from "react";
import { prefer, preferences, usePreferences } from "../preferences";
import { isRunning, useIsReady, useSession, useSessionStore } from "../session";
import { statusText } from "@/lib/session/status-text";
import { strings } from "../strings";

const t = strings.tell;

const mayNotify = () => "Notification" in window && Notification.permission === "granted";

/** The permission is asked for here and nowhere else: at a person's click on this switch. */
export function TellWhenDone() {
  const id = useId();
  const ready = useIsReady();
  const { tellWhenDone } = usePreferences();
  const [refused, setRefused] = useState(false);
  // A permission may have been taken back since the choice was made.
  const on = ready && tellWhenDone && mayNotify();
  const asks = ready && "Notification" in window && Notification.permission === "default";

  const change = async (wanted: boolean) => {
    const granted =
      wanted && "Notification" in window && (await Notification.requestPermission()) === "granted";
    prefer({ tellWhenDone: granted });
    setRefused(wanted && !granted);
  };
  return (
    <div className="check">
      <input
        id={id}
        type="checkbox"
        checked={on}
        disabled={!ready}
        aria-describedby={refused ? `${id}-refused` : undefined}
        onChange={(event) => void change(event.target.checked)}
      />
      <label htmlFor={id} title={asks ? t.asks : undefined}>
        {t.label}
      </label>
      {asks && <span className="text-muted hidden text-xs xl:inline">{t.asks}</span>}
      {refused && (
        <span id={`${id}-refused`} role="alert" className="text-red text-xs">
          {t.refused}
        </span>
      )}
    </div>
  );
}

/** Tells of the end of a batch once, and only to somebody who is not looking. */
export function EndNotice() {
  const store = useSessionStore();
  const running = useSession(isRunning);

  useEffect(() => {
    if (!running) return;
    return store.subscribe((state, before) => {
      if (state.phase !== "finished" || before.phase === "finished") return;
      if (document.visibilityState !== "hidden") return;
      if (preferences().tellWhenDone && mayNotify()) void notify(statusText(state));
    });
  }, [running, store]);

  return null;
}

async function notify(body: string): Promise<void> {
  const options = { body, tag: "levelup-done", icon: "icons/icon-192.png" };
  try {
    const notification = new Notification(t.title, options);
    notification.onclick = () => {
      window.focus();
      notification.close();
    };
  } catch {
    // Android shows notifications only through the service worker.
    const worker = await navigator.serviceWorker?.getRegistration();
    await worker?.showNotification(t.title, options);
  }
}
