"use client";

import { isRunning, useActions, useSession } from "../session";
import { strings } from "../strings";
import { Button } from "../ui/button";
import { nothingSelected, type Selection } from "./selection";

const t = strings.songs;

/** What can be done with the songs that are selected; absent while there are none. */
export function SelectionBar({
  selection,
  onSelection,
}: {
  selection: Selection;
  onSelection: (selection: Selection) => void;
}) {
  const actions = useActions();
  const running = useSession(isRunning);
  if (selection.size === 0) return null;
  return (
    <div className="selection-bar" role="group" aria-label={t.selection}>
      <p>{t.selected(selection.size)}</p>
      <Button disabled={running} onClick={() => void actions.start([...selection])}>
        {t.levelSelected}
      </Button>
      <Button disabled={running} onClick={() => actions.remove([...selection])}>
        {t.removeSelected}
      </Button>
      <Button look="quiet" onClick={() => onSelection(nothingSelected)}>
        {t.deselect}
      </Button>
    </div>
  );
}
