"use client";

import { useEffect, useRef, useState } from "react";
import type { HeardSong, Sound } from "@/lib/session/listening";
import type { SongId } from "@/lib/song/song";
import { canPlay, Player } from "@/lib/listening/player";
import { useActions } from "../session";
import { strings } from "../strings";
import { endRow } from "./row-store";
import { samplesOf, versionsOf, type Versions } from "./versions";

export type Opened =
  | { readonly kind: "closed" }
  | { readonly kind: "opening" }
  | {
      readonly kind: "open";
      readonly player: Player;
      readonly versions: Versions;
      readonly heard: HeardSong;
    }
  | { readonly kind: "unheard"; readonly message: string; readonly hint: string };

/**
 * The player of one song. The song is decoded when it is first played, not when it is looked at,
 * and its memory is given back when the component goes.
 */
export function usePlayer(id: SongId) {
  const listening = useActions().listening;
  const [opened, setOpened] = useState<Opened>({ kind: "closed" });
  const held = useRef<{ abort: AbortController; player: Player | null } | null>(null);
  useEffect(
    () => () => {
      held.current?.abort.abort();
      held.current?.player?.close();
      held.current = null;
    },
    [],
  );

  const open = async (from: number) => {
    if (held.current !== null) return;
    if (!canPlay())
      return setOpened({ kind: "unheard", message: strings.listen.noSound, hint: "" });
    const opening = { abort: new AbortController(), player: null as Player | null };
    held.current = opening;
    setOpened({ kind: "opening" });
    const heard = await listening.song(id, opening.abort.signal);
    if (held.current !== opening) return;
    if (heard.kind === "unheard") {
      held.current = null;
      return setOpened(heard);
    }
    const versions = versionsOf(heard);
    const player = new Player(versions.samples, versions.kind === "delivered");
    opening.player = player;
    setOpened({ kind: "open", player, versions, heard });
    player.seek(from);
    player.play();
  };

  /** Plays or pauses. */
  const toggle = () => {
    endRow();
    if (opened.kind !== "open") return void open(0);
    if (opened.player.get().playing) opened.player.pause();
    else opened.player.play();
  };

  const seek = (to: number) => {
    if (opened.kind === "open") opened.player.seek(to);
    else {
      endRow();
      void open(to);
    }
  };

  /** Plays these two instead, from where it is; without them the song's own versions again. */
  const compare = (pair: Readonly<Record<"before" | "after", Sound>> | null) => {
    if (opened.kind !== "open" || held.current === null) return;
    const { versions, player } = opened;
    const samples = pair && { before: samplesOf(pair.before), after: samplesOf(pair.after) };
    const next = new Player(samples ?? versions.samples, true);
    next.seek(player.position);
    player.close();
    held.current.player = next;
    setOpened({ ...opened, player: next });
  };

  return { opened, toggle, seek, compare };
}
