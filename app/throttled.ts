import type { StoreApi } from "zustand/vanilla";

export interface Throttle<S> {
  /** At most one change in this many milliseconds; the last one always arrives. */
  readonly every: number;
  /** Changes that must not wait. */
  readonly urgent?: (now: S, shown: S) => boolean;
}

/** `select`, but the value before whenever the new one is the same: then nothing is drawn. */
export function steady<S, T>(select: (state: S) => T, same: (a: T, b: T) => boolean) {
  let last: { readonly value: T } | null = null;
  return (state: S): T => {
    const value = select(state);
    if (last === null || !same(last.value, value)) last = { value };
    return last.value;
  };
}

/** A store seen through a throttle, for `useSyncExternalStore`. */
export interface ThrottledSource<T> {
  readonly get: () => T;
  readonly subscribe: (changed: () => void) => () => void;
}

export function throttledSource<S, T>(
  store: StoreApi<S>,
  select: (state: S) => T,
  { every, urgent }: Throttle<S>,
): ThrottledSource<T> {
  let shown = store.getState();
  let value = select(shown);
  let changedAt = -Infinity;

  const take = (): boolean => {
    shown = store.getState();
    const next = select(shown);
    if (Object.is(next, value)) return false;
    value = next;
    changedAt = Date.now();
    return true;
  };

  return {
    get: () => value,
    subscribe(changed: () => void) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const settle = () => {
        clearTimeout(timer);
        timer = undefined;
        if (take()) changed();
      };
      const unsubscribe = store.subscribe((state) => {
        if (urgent?.(state, shown)) return settle();
        if (timer !== undefined) return;
        const wait = changedAt + every - Date.now();
        if (wait <= 0) settle();
        else timer = setTimeout(settle, wait);
      });
      settle();
      return () => {
        clearTimeout(timer);
        unsubscribe();
      };
    },
  };
}
