import type { Pressure, PressureSource } from "@/lib/pool/resting";

/** Of the Compute Pressure API (W3C working draft; Chromium), as far as it is used here. */
interface PressureObserverLike {
  observe(source: "cpu", options: { readonly sampleInterval: number }): Promise<void>;
  disconnect(): void;
}
type PressureObserverType = new (
  callback: (records: readonly { readonly state: Pressure }[]) => void,
) => PressureObserverLike;

/** Milliseconds between two looks of the browser. */
const SAMPLE_INTERVAL = 1000;

/** The processor's pressure, where the browser tells of it. */
export const observePressure: PressureSource = (onPressure) => {
  const Observer = (globalThis as { PressureObserver?: PressureObserverType }).PressureObserver;
  if (!Observer) return null;
  const observer = new Observer((records) => {
    const last = records.at(-1);
    if (last) onPressure(last.state);
  });
  // A host may forbid it by its permissions policy: then it is as if the browser could not.
  observer.observe("cpu", { sampleInterval: SAMPLE_INTERVAL }).catch(() => undefined);
  return () => observer.disconnect();
};
