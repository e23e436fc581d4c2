"use client";

import { createContext, useContext, useMemo, useSyncExternalStore, type ReactNode } from "react";
import { useStore } from "zustand";
import { createStore, type StoreApi } from "zustand/vanilla";
import { initialState } from "@/lib/session/initial-state";
import { createPageSession } from "@/lib/session/page-session";
import type { Session } from "@/lib/session/session";
import type { SessionActions, SessionState } from "@/lib/session/session-state";
import { throttledSource, type Throttle } from "./throttled";

/** What the page shows until the session exists: in the exported HTML and while it hydrates. */
const before = initialState({ folders: true, cores: 1 });
const storeBefore = createStore<SessionState>(() => before);

/** One session a page, made when the page first comes to life in the browser. */
let session: Session | undefined;
const theSession = (): Session => (session ??= createPageSession());
const neverChanges = () => () => undefined;

const SessionContext = createContext<Session | null>(null);

export function SessionProvider({ children }: { children: ReactNode }) {
  // null in the exported HTML and while it hydrates, the session from then on.
  const current = useSyncExternalStore(neverChanges, theSession, () => null);
  return <SessionContext value={current}>{children}</SessionContext>;
}

/** The store itself, for reading in event handlers and for subscriptions that draw nothing. */
export function useSessionStore(): StoreApi<SessionState> {
  return useContext(SessionContext)?.store ?? storeBefore;
}

/** Draws again only when what `select` returns changes identity. */
export function useSession<T>(select: (state: SessionState) => T): T {
  return useStore(useSessionStore(), select);
}

export const isRunning = (state: SessionState): boolean =>
  state.phase === "measuring" || state.phase === "leveling" || state.phase === "paused";

/** All songs are done but for swaps that wait for their bytes. */
export const isWaiting = ({ totals }: SessionState): boolean => totals.secondsToWrite !== null;

/** For what follows a running batch. Its end, and whatever happens beside one, must not wait. */
export const whileRunning = (every: number): Throttle<SessionState> => ({
  every,
  urgent: (now, shown) =>
    now.phase !== shown.phase || (!isRunning(now) && now.songs !== shown.songs),
});

/** As `useSession`, but at most once in `throttle.every` ms. `select` must be stable. */
export function useThrottledSession<T>(
  select: (state: SessionState) => T,
  throttle: Throttle<SessionState>,
): T {
  const store = useSessionStore();
  const source = useMemo(() => throttledSource(store, select, throttle), [store, select, throttle]);
  return useSyncExternalStore(source.subscribe, source.get, source.get);
}

/** False until the session exists; controls stay disabled for so long. */
export const useIsReady = (): boolean => useContext(SessionContext) !== null;

/**
 * The session's actions; always the same object. Use it in handlers: they run in the browser only,
 * where the session exists, or is made by the first use.
 */
export const useActions = (): SessionActions => actions;

const actions = new Proxy({} as SessionActions, {
  get: (_, name: keyof SessionActions) => theSession().actions[name],
});
