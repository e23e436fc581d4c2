/** Folder of scratch files inside the origin-private file system; emptied when a session starts. */
export const SCRATCH_FOLDER = "levelup-scratch";

/** Held for as long as this tab may use scratch files. */
const IN_USE = "levelup-scratch-in-use";

/**
 * Removes what earlier sessions left behind, unless another tab is at work. From then on this tab
 * counts as at work.
 */
export async function clearScratch(): Promise<void> {
  if (!navigator.locks || !navigator.storage?.getDirectory) return;
  await navigator.locks.request(IN_USE, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    const root = await navigator.storage.getDirectory().catch(() => null);
    // There may be none, or no private file system at all: nothing to clear away then.
    await root?.removeEntry(SCRATCH_FOLDER, { recursive: true }).catch(() => undefined);
  });
  void navigator.locks.request(IN_USE, { mode: "shared" }, () => new Promise(() => undefined));
}

export async function removeScratch(name: string): Promise<void> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(SCRATCH_FOLDER, { create: true });
  // Still being read by a write that failed, at worst; the next session clears it away.
  await folder.removeEntry(name).catch(() => undefined);
}
