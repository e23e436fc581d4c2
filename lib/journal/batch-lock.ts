/** The lock of a batch is held by the tab that works on it; the browser frees it when that ends. */
const lockName = (batch: string): string => `levelup-batch-${batch}`;

/** Gives the function that frees it. */
export function holdBatch(batch: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(lockName(batch), () => new Promise<void>((release) => resolve(() => release())))
      .catch(reject);
  });
}

export async function isHeld(batch: string): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  return held.some(({ name }) => name === lockName(batch));
}
