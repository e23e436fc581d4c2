"use client";

import type { SessionState } from "@/lib/session/session-state";
import { useSession, useThrottledSession, whileRunning } from "../session";
import { strings } from "../strings";
import { steady } from "../throttled";
import { bytes, roughly } from "../ui/numbers";
import { forecastOf } from "./forecast";

const t = strings.run;

const forecast = steady(forecastOf, (a, b) => JSON.stringify(a) === JSON.stringify(b));
const onceASecond = whileRunning(1000);
const saveToOf = ({ capabilities, settings }: SessionState) =>
  capabilities.folders ? settings.saveTo : "download";

/** Where *Start* writes to, how long it takes, and how much room. */
export function StartNote() {
  const songs = useSession((state) => state.totals.songs);
  const folders = useSession((state) => state.folders);
  const saveTo = useSession(saveToOf);
  const known = useThrottledSession(forecast, onceASecond);
  if (songs === 0) return <p className="text-muted">{t.emptyHint}</p>;
  const where = saveTo === "leveled" ? t.where.leveled(folders) : t.where[saveTo];
  const space = known?.bytes ?? null;
  return (
    <p className="text-muted">
      {t.readyHint(known?.songs ?? songs, where)}{" "}
      {known && t.forecast(roughly(known.seconds), space === null ? null : bytes(space))}
    </p>
  );
}

/** How long *Start* takes now that songs were measured, and how much room. */
export function ForecastNote() {
  const known = useThrottledSession(forecast, onceASecond);
  if (known === null) return null;
  const space = known.bytes === null ? null : bytes(known.bytes);
  return <p className="text-muted">{t.startTakes(roughly(known.seconds), space)}</p>;
}

/** What the browser is going to ask at *Start*, in its own words. */
export function PromptNote() {
  const folders = useSession((state) => state.folders);
  const saveTo = useSession(saveToOf);
  const picked = folders.filter((folder) => folder !== null);
  if (saveTo === "folder") return <p className="text-muted">{t.asks.folder}</p>;
  if (saveTo === "download" || picked.length === 0) return null;
  return <p className="text-muted">{t.asks.save(picked, t.asks[saveTo])}</p>;
}
