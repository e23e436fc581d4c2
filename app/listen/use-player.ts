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

/** What a song that is opened, or is being opened, holds. */
interface Held {
  readonly abort: AbortController;
  player: Player | null;
  versions: Versions | null;
}

/**
 * The player of one song. The song is decoded when it is first played, not when it is looked at,
 * and its memory is given back when the component goes.
 */
export function usePlayer(id: SongId) {
  const listening = useActions().listening;
  const [opened, setOpened] = useState<Opened>({ kind: "closed" });
  const held = useRef<Held | null>(null);
  useEffect(
    () => () => {
      held.current?.abort.abort();
      held.current?.player?.close();
      held.current = null;
    },
    [],
  );

  /** Null where it cannot be heard, which is said, or is being opened already. */
  const open = async (from: number): Promise<HeardSong | null> => {
    if (held.current !== null) return null;
    if (!canPlay()) {
      setOpened({ kind: "unheard", message: strings.listen.noSound, hint: "" });
      return null;
    }
    const opening: Held = { abort: new AbortController(), player: null, versions: null };
    held.current = opening;
    setOpened({ kind: "opening" });
    const heard = await listening.song(id, opening.abort.signal);
    if (held.current !== opening) return null;
    if (heard.kind === "unheard") {
      held.current = null;
      setOpened(heard);
      return null;
    }
    const versions = versionsOf(heard);
    const player = new Player(versions.samples, versions.kind === "delivered");
    opening.player = player;
    opening.versions = versions;
    setOpened({ kind: "open", player, versions, heard });
    player.seek(from);
    player.play();
    return heard;
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
    const { current } = held;
    if (!current?.player || !current.versions) return;
    const { versions, player } = current;
    const samples = pair && { before: samplesOf(pair.before), after: samplesOf(pair.after) };
    const next = new Player(samples ?? versions.samples, true);
    next.seek(player.position);
    player.close();
    current.player = next;
    setOpened((now) => (now.kind === "open" ? { ...now, player: next } : now));
  };

  return { opened, open, toggle, seek, compare };
}
