"use client";

import { useEffect } from "react";
import type { Player } from "@/lib/listening/player";

/** Between two positions for people who asked for less motion, in milliseconds. */
const CALM = 500;

/**
 * Calls `show` with the position in seconds for as long as it moves. It moves sixty times a second,
 * so it goes past React straight into the elements. `show` must be stable.
 */
export function usePosition(player: Player | null, show: (seconds: number) => void): void {
  useEffect(() => {
    if (player === null) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    let frame = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const move = () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
      show(player.position);
      if (!player.get().playing) return;
      if (calm) timer = setTimeout(move, CALM);
      else frame = requestAnimationFrame(move);
    };
    const unsubscribe = player.subscribe(move);
    move();
    return () => {
      unsubscribe();
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }, [player, show]);
}
