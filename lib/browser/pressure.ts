import { nothingSpared, spare, type Pressure, type Sparing } from "@/lib/pool/resting";

/** Of the Compute Pressure API (W3C working draft; Chromium), as far as it is used here. */
interface PressureObserverLike {
  observe(source: "cpu", options: { readonly sampleInterval: number }): Promise<void>;
  disconnect(): void;
}
type PressureObserverType = new (
  callback: (records: readonly { readonly state: Pressure }[]) => void,
) => PressureObserverLike;

/** Milliseconds between two looks at the machine. */
const LOOK_EVERY = 1000;

/**
 * Watches the processor and tells how many of the wanted workers should rest. Where the browser
 * does not tell of pressure, none ever does. Gives the function that ends it.
 */
export function watchPressure(
  wanted: () => number,
  onSpared: (workers: number) => void,
): () => void {
  const Observer = (globalThis as { PressureObserver?: PressureObserverType }).PressureObserver;
  if (!Observer) return () => undefined;
  let pressure: Pressure = "nominal";
  let sparing: Sparing = nothingSpared;
  // Records come when the pressure changes; time alone may change what follows from it.
  const look = () => {
    const before = sparing.spared;
    sparing = spare(sparing, pressure, wanted(), performance.now() / 1000);
    if (sparing.spared !== before) onSpared(sparing.spared);
  };
  const observer = new Observer((records) => {
    pressure = records.at(-1)?.state ?? pressure;
    look();
  });
  // A host may forbid it by its permissions policy: then it is as if the browser could not.
  observer.observe("cpu", { sampleInterval: LOOK_EVERY }).catch(() => undefined);
  const timer = setInterval(look, LOOK_EVERY);
  return () => {
    clearInterval(timer);
    observer.disconnect();
  };
}
