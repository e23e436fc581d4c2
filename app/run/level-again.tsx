"use client";

import { useActions, useSession } from "../session";
import { strings } from "../strings";
import { Button } from "../ui/button";

/** After the end: all of it once more. Start does only what is left. */
export function LevelAgain() {
  const actions = useActions();
  const leveled = useSession(
    ({ phase, totals }) => phase === "finished" && totals.leveled + totals.tagged > 0,
  );
  if (!leveled) return null;
  return <Button onClick={() => void actions.levelAll()}>{strings.run.levelAgain}</Button>;
}
