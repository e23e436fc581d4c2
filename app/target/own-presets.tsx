"use client";

import { useId, useState } from "react";
import { isOwnId, MOST_OWN_NAME, nameInId } from "@/lib/settings/own-presets";
import { useActions, useIsReady, useSession, useSessionStore } from "../session";
import { strings } from "../strings";
import { Button } from "../ui/button";
import { FIELD, LABEL } from "../ui/field";
import { linkOf } from "@/lib/settings/link";

const t = strings.target;

/** Settings under a name of the person's own, and as a link for others. */
export function OwnPresets() {
  const actions = useActions();
  const store = useSessionStore();
  const ready = useIsReady();
  const chosen = useSession(({ settings, ownPresets }) =>
    isOwnId(settings.preset) && ownPresets.some(({ name }) => name === nameInId(settings.preset))
      ? nameInId(settings.preset)
      : null,
  );
  const [name, setName] = useState("");
  const [told, setTold] = useState("");
  const id = useId();

  const done = (text: string) => {
    setName("");
    setTold(text);
  };
  const copy = async () => {
    const link = linkOf(window.location.href, store.getState().settings);
    try {
      await navigator.clipboard.writeText(link);
      setTold(t.link.copied);
    } catch {
      // A permission of its own, which a browser may refuse.
      setTold(t.link.refused(link));
    }
  };
  return (
    <div className="border-line-soft flex flex-wrap items-end gap-2 border-t pt-2.5">
      <div className={FIELD}>
        <label htmlFor={id} className={LABEL}>
          {t.own.name}
        </label>
        <input
          id={id}
          type="text"
          className="control"
          maxLength={MOST_OWN_NAME}
          value={name}
          disabled={!ready}
          aria-describedby={`${id}-hint`}
          onChange={(event) => setName(event.target.value)}
        />
      </div>
      <Button
        disabled={name.trim() === ""}
        onClick={() => {
          actions.keepSettings(name);
          done(t.own.kept(name.trim()));
        }}
      >
        {t.own.save}
      </Button>
      {chosen !== null && (
        <>
          <Button
            look="quiet"
            disabled={name.trim() === ""}
            onClick={() => {
              actions.renameKept(chosen, name);
              done(t.own.renamed(name.trim()));
            }}
          >
            {t.own.rename}
          </Button>
          <Button
            look="quiet"
            onClick={() => {
              actions.forgetKept(chosen);
              done(t.own.removed(chosen));
            }}
          >
            {t.own.remove}
          </Button>
        </>
      )}
      <Button look="quiet" onClick={() => void copy()}>
        {t.link.copy}
      </Button>
      <p id={`${id}-hint`} className="text-muted min-w-0 basis-full text-[0.8125rem] wrap-anywhere">
        {told === "" ? t.own.nameHint : told}
      </p>
    </div>
  );
}
