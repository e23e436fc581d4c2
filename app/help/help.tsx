"use client";

import { useId } from "react";
import { prefer, usePreferences } from "../preferences";
import { strings } from "../strings";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { CheckField } from "../ui/field";

const t = strings.help;
const keys = strings.shortcuts;
const HEADING = "mb-1 font-semibold";

/** What a person may want to know, the shortcuts included. */
export function Help({ onClose }: { onClose: () => void }) {
  const heading = useId();
  return (
    <Dialog labelledBy={heading} className="w-[min(40rem,calc(100vw-2rem))]" onClose={onClose}>
      <div className="dialog-head">
        <h2 id={heading}>{t.heading}</h2>
        <Button look="quiet" onClick={onClose}>
          {t.close}
        </Button>
      </div>
      <div className="grid gap-4">
        {t.sections.map((section) => (
          <section key={section.title}>
            <h3 className={HEADING}>{section.title}</h3>
            <ul className="grid max-w-[68ch] list-['–_'] gap-1.5 ps-4">
              {section.items.map((item) => (
                <li key={item}>{item}</li>
              ))}
            </ul>
          </section>
        ))}
        <section>
          <h3 className={HEADING}>{keys.heading}</h3>
          <SingleCharacters />
          <Keys caption={keys.anywhereHeading} keys={keys.anywhere} />
          <Keys caption={keys.tableHeading} keys={keys.table} />
          <Keys caption={keys.songHeading} keys={keys.song} />
        </section>
      </div>
    </Dialog>
  );
}

function SingleCharacters() {
  const { shortcuts } = usePreferences();
  return (
    <>
      <CheckField
        label={keys.single}
        hint={keys.singleHint}
        checked={shortcuts}
        onChange={(on) => prefer({ shortcuts: on })}
      />
      <p className="text-muted mb-2 ps-[1.4375rem] text-[0.8125rem]" aria-hidden>
        {keys.singleHint}
      </p>
    </>
  );
}

function Keys({
  caption,
  keys: rows,
}: {
  caption: string;
  keys: readonly (readonly [key: string, does: string])[];
}) {
  return (
    <table className="mt-2 w-full">
      <caption className="text-muted text-start text-xs">{caption}</caption>
      <thead className="sr-only">
        <tr>
          <th scope="col">{keys.key}</th>
          <th scope="col">{keys.does}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([key, does]) => (
          <tr key={key} className="border-line-soft border-t align-top">
            <th scope="row" className="w-32 py-1 text-start font-normal">
              <kbd className="text-[0.8125rem]">{key}</kbd>
            </th>
            <td className="py-1">{does}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
