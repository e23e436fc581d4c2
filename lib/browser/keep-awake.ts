/**
 * Keeps the tab working while a batch runs: a held Web Lock exempts it from freezing, a screen wake
 * lock keeps the machine from dozing off. The browser takes the wake lock back whenever the tab is
 * hidden, so it is asked for again on return. Both are best effort. Where there is no tab, there is
 * nothing to do.
 */
export function keepAwake(): () => void {
  if (typeof document === "undefined") return () => undefined;
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  void navigator.locks?.request("levelup-batch", { mode: "shared" }, () => held);

  let sentinel: WakeLockSentinel | null = null;
  let ended = false;
  const acquire = async () => {
    if (document.visibilityState !== "visible" || ended) return;
    const acquired = await navigator.wakeLock?.request("screen").catch(() => null);
    // The batch may have ended while the browser was deciding.
    if (ended) void acquired?.release();
    else sentinel = acquired ?? null;
  };
  document.addEventListener("visibilitychange", acquire);
  void acquire();

  return () => {
    ended = true;
    document.removeEventListener("visibilitychange", acquire);
    void sentinel?.release();
    release();
  };
}
