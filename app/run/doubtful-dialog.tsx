"use client";

import { useId, useState } from "react";
import type { DoubtfulSong } from "@/lib/session/session-state";
import { useActions } from "../session";
import { strings } from "../strings";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";

const t = strings.question.restoreDoubtful;

/** Asks song by song whether what is there now may be lost. None is chosen at first. */
export function DoubtfulDialog({ songs }: { songs: readonly DoubtfulSong[] }) {
  const actions = useActions();
  const heading = useId();
  const [chosen, setChosen] = useState<readonly number[]>([]);
  const all = chosen.length === songs.length;
  const leave = () => actions.answer(false);
  return (
    <Dialog labelledBy={heading} className="w-[min(40rem,calc(100vw-2rem))]" onClose={leave}>
      <h2 id={heading}>{t.heading(songs.length)}</h2>
      <p>{t.body}</p>
      <fieldset>
        <legend className="font-semibold">{t.legend}</legend>
        {songs.length > 1 && (
          <Check
            label={t.all}
            checked={all}
            onChange={() => setChosen(all ? [] : [...songs.keys()])}
          />
        )}
        <ul className="max-h-[40dvh] overflow-auto">
          {songs.map(({ path, doubt }, index) => (
            <li key={index}>
              <Check
                label={`${path}: ${t.doubts[doubt]}`}
                checked={chosen.includes(index)}
                onChange={() => setChosen(toggled(chosen, index))}
              />
            </li>
          ))}
        </ul>
      </fieldset>
      <p className="dialog-warning">{t.warning}</p>
      <div className="dialog-buttons">
        <Button onClick={leave}>{t.leave(songs.length)}</Button>
        <Button
          look="strong"
          disabled={chosen.length === 0}
          onClick={() => actions.answer(true, chosen)}
        >
          {t.confirm(chosen.length)}
        </Button>
      </div>
    </Dialog>
  );
}

const toggled = (chosen: readonly number[], index: number): number[] =>
  chosen.includes(index) ? chosen.filter((each) => each !== index) : [...chosen, index];

function Check({
  label,
  checked,
  onChange,
}: {
  label: string;
  checked: boolean;
  onChange: () => void;
}) {
  const id = useId();
  return (
    <span className="check items-start [&_label]:wrap-anywhere [&_label]:whitespace-normal">
      <input id={id} type="checkbox" checked={checked} onChange={onChange} />
      <label htmlFor={id}>{label}</label>
    </span>
  );
}
