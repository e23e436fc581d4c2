"use client";

import { useMemo } from "react";
import { isRunning, useActions, useSession } from "../session";
import { strings } from "../strings";
import { Button } from "../ui/button";
import { nothingSelected, type Selection } from "./selection";
import { SongChoices } from "./song-choices";

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
  const ids = useMemo(() => [...selection], [selection]);
  const allOut = useSession(({ songs }) => ids.every((id) => songs.get(id)?.choice.excluded));
  if (selection.size === 0) return null;
  return (
    <div className="flex flex-wrap items-center gap-1.5" role="group" aria-label={t.selection}>
      <p className="me-2 font-medium">{t.selected(selection.size)}</p>
      <Button disabled={running || allOut} onClick={() => void actions.start(ids)}>
        {t.levelSelected}
      </Button>
      <Button disabled={running} onClick={() => actions.remove(ids)}>
        {t.removeSelected}
      </Button>
      <SongChoices ids={ids} />
      <Button look="quiet" onClick={() => onSelection(nothingSelected)}>
        {t.deselect}
      </Button>
    </div>
  );
}
