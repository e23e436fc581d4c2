"use client";

import { useEffect, useRef, useState } from "react";
import {
  answered,
  begunTest,
  coin,
  resultOf,
  type BlindResult,
  type Which,
} from "@/lib/listening/blind-test";
import type { Player } from "@/lib/listening/player";
import type { ListenedVersion } from "@/lib/song/blind-listening";
import { strings } from "../strings";
import { Button } from "../ui/button";
import { chance } from "../ui/numbers";

const t = strings.blind;
/** Nine right answers of ten are chance in one test of a hundred. */
const TRIALS = 10;
/** What is taken for more than chance, as is usual. */
const CONVINCING = 0.05;

export type Pair = Readonly<Record<Which, ListenedVersion>>;

/** What can be heard: A, B, or the one of them that X is. */
type Heard = Which | "x";

/**
 * A, B and X play at one moment of the song and equally loud; nothing but the ear tells which of them
 * X is. `player`: "before" is A, "after" is B.
 */
export function BlindTest({
  player,
  pair,
  onResult,
  onClose,
}: {
  player: Player;
  pair: Pair;
  onResult: (result: BlindResult) => void;
  onClose: () => void;
}) {
  const [test, setTest] = useState(() => begunTest(TRIALS, coin()));
  const [heard, setHeard] = useState<Heard>("a");
  const place = useRef<HTMLDivElement>(null);
  const result = resultOf(test);
  useEffect(() => {
    player.match(true);
    player.hear("before");
    place.current?.focus();
  }, [player]);

  const hear = (which: Heard) => {
    const is = which === "x" ? test.x : which;
    player.hear(is === "b" ? "after" : "before");
    player.play();
    setHeard(which);
  };
  const answer = (which: Which) => {
    const next = answered(test, which, coin());
    setTest(next);
    // What is heard over to the next trial would tell something about it.
    setHeard("a");
    player.hear("before");
    const end = resultOf(next);
    if (end === null) return;
    player.pause();
    onResult(end);
    place.current?.focus();
  };
  const again = () => {
    setTest(begunTest(TRIALS, coin()));
    place.current?.focus();
  };

  return (
    <div
      ref={place}
      role="group"
      tabIndex={-1}
      aria-label={t.heading}
      className="grid gap-2 outline-none"
      onKeyDown={({ key }) => {
        if (result === null && (key === "a" || key === "b" || key === "x")) hear(key);
      }}
    >
      <p className="text-muted" aria-live="polite">
        {result === null ? t.trial(test.answered.length + 1, TRIALS) : resultWords(result)}
      </p>
      {result === null ? (
        <div className="flex flex-wrap gap-x-6 gap-y-2">
          <div className="flex flex-wrap gap-1.5">
            {(["a", "b", "x"] as const).map((which) => (
              <Button
                key={which}
                aria-pressed={heard === which}
                className="aria-pressed:bg-sunken aria-pressed:font-semibold"
                onClick={() => hear(which)}
              >
                {which === "x" ? t.hearX : t.hear(which.toUpperCase(), t.versions[pair[which]])}
              </Button>
            ))}
          </div>
          <div className="flex flex-wrap gap-1.5">
            <Button onClick={() => answer("a")}>{t.isA}</Button>
            <Button onClick={() => answer("b")}>{t.isB}</Button>
            <Button look="quiet" onClick={onClose}>
              {t.giveUp}
            </Button>
          </div>
        </div>
      ) : (
        <div className="flex flex-wrap gap-1.5">
          <Button onClick={again}>{t.again}</Button>
          <Button look="quiet" onClick={onClose}>
            {t.close}
          </Button>
        </div>
      )}
    </div>
  );
}

const resultWords = ({ trials, correct, chance: probability }: BlindResult): string =>
  [
    t.result(correct, trials, chance(probability)),
    probability < CONVINCING ? t.convincing : t.notConvincing,
  ].join(" ");
