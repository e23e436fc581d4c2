"use client";

import { useEffect, useId } from "react";
import { isRunning, useActions, useSession } from "../session";
import { strings } from "../strings";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";

const t = strings.stop;

/** A key is pressed by mistake more easily than a button: it asks first. */
export function StopDialog({ onClose }: { onClose: () => void }) {
  const actions = useActions();
  const running = useSession(isRunning);
  const heading = useId();
  useEffect(() => {
    // The batch may end by itself while the question stands.
    if (!running) onClose();
  }, [running, onClose]);
  return (
    <Dialog labelledBy={heading} onClose={onClose}>
      <h2 id={heading}>{t.heading}</h2>
      <p>{t.body}</p>
      <div className="dialog-buttons">
        <Button onClick={onClose}>{t.goOn}</Button>
        <Button onClick={() => actions.stop("after-current")}>{t.after}</Button>
        <Button look="strong" onClick={() => actions.stop("now")}>
          {t.now}
        </Button>
      </div>
    </Dialog>
  );
}
