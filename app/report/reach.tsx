"use client";

import { reachOf, widens, type Reach } from "@/lib/batch/reachable";
import type { SessionState } from "@/lib/session/session-state";
import { descriptions } from "@/lib/settings/descriptions";
import { changeOf } from "@/lib/settings/presets";
import type { SongAlbum } from "@/lib/song/album";
import { isRunning, useActions, useSession } from "../session";
import { albumsIn } from "../songs/albums";
import { strings } from "../strings";
import { steady } from "../throttled";
import { Button } from "../ui/button";
import { level } from "../ui/numbers";

const t = strings.report;

const reach = steady(
  (state: SessionState) => (isRunning(state) ? null : reachOf(state.songs.values())),
  (a, b) => JSON.stringify(a) === JSON.stringify(b),
);

/** A target that all songs reach, where they do not reach the present one. */
function offeredTarget(is: Reach | null, target: number): number | null {
  const reachable = is?.heldBack ? is.reachable : null;
  const { min } = descriptions.targetLoudness;
  return reachable !== null && reachable >= min && reachable < target ? reachable : null;
}

/** Where songs cannot reach the target: how many, what it does to the rest, and what all can reach. */
export function ReachNote() {
  const is = useSession(reach);
  const target = useSession((state) => state.settings.targetLoudness);
  const albums = useSession(albumsIn);
  if (is === null || is.heldBack === 0) return null;
  if (offeredTarget(is, target) === null && !widens(is)) return null;
  return (
    <div className="flex min-h-8 flex-wrap items-center gap-x-4 gap-y-1" role="note">
      <p>{words(is, target, albums)}</p>
      <OfferReachable />
    </div>
  );
}

export function OfferReachable() {
  const { update } = useActions();
  const is = useSession(reach);
  const offered = offeredTarget(
    is,
    useSession((state) => state.settings.targetLoudness),
  );
  if (offered === null) return null;
  return (
    <Button onClick={() => update(changeOf("targetLoudness", offered))}>
      {t.setTarget(level(offered))}
    </Button>
  );
}

/** That songs cannot reach the target, shortly; null where all can. */
export function useReachWords(): string | null {
  const is = useSession(reach);
  const target = useSession((state) => state.settings.targetLoudness);
  const albums = useSession(albumsIn);
  return is === null || is.heldBack === 0 ? null : heldWords(is, target, albums);
}

/** By album it is albums that reach a target, or do not. */
function heldWords({ heldBack }: Reach, target: number, albums: readonly SongAlbum[]): string {
  return albums.length > 0
    ? t.albumsCannotReach(albums.filter((album) => album.heldBack).length, level(target))
    : t.cannotReach(heldBack, level(target));
}

function words(is: Reach, target: number, albums: readonly SongAlbum[]): string {
  const { reachable } = is;
  const byAlbum = albums.length > 0;
  return [
    `${heldWords(is, target, albums)}.`,
    ...(widens(is) ? [t.widens(level(is.spread!.planned), level(is.spread!.source))] : []),
    ...(reachable === null ? [] : [(byAlbum ? t.allAlbumsReach : t.allReach)(level(reachable))]),
  ].join(" ");
}
