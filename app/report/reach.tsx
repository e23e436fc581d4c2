"use client";

import { reachOf, widens, type Reach } from "@/lib/batch/reachable";
import type { SessionState } from "@/lib/session/session-state";
import { descriptions } from "@/lib/settings/descriptions";
import { changeOf } from "@/lib/settings/presets";
import { isRunning, useActions, useSession } from "../session";
import { strings } from "../strings";
import { steady } from "../throttled";
import { Button } from "../ui/button";
import { level } from "../ui/numbers";

const t = strings.report;

const reach = steady(
  (state: SessionState) => (isRunning(state) ? null : reachOf(state.songs.values())),
  (a, b) => JSON.stringify(a) === JSON.stringify(b),
);

/** Where songs cannot reach the target: how many, what it does to the rest, and what all can reach. */
export function ReachNote() {
  const is = useSession(reach);
  const target = useSession((state) => state.settings.targetLoudness);
  if (is === null || is.heldBack === 0) return null;
  const { reachable } = is;
  const { min } = descriptions.targetLoudness;
  const offered = reachable !== null && reachable >= min && reachable < target ? reachable : null;
  if (offered === null && !widens(is)) return null;
  return (
    <div className="reach" role="note">
      <p>{words(is, target)}</p>
      {offered !== null && <Offer target={offered} />}
    </div>
  );
}

function Offer({ target }: { target: number }) {
  const { update } = useActions();
  return (
    <Button onClick={() => update(changeOf("targetLoudness", target))}>
      {t.setTarget(level(target))}
    </Button>
  );
}

const words = (is: Reach, target: number): string =>
  [
    t.cannotReach(is.heldBack, level(target)),
    ...(widens(is) ? [t.widens(level(is.spread!.planned), level(is.spread!.source))] : []),
    ...(is.reachable === null ? [] : [t.allReach(level(is.reachable))]),
  ].join(" ");
