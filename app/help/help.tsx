"use client";

import { useId } from "react";
import { prefer, usePreferences } from "../preferences";
import { strings } from "../strings";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { CheckField } from "../ui/field";

const t = strings.help;
const keys = strings.shortcuts;

/** What a person may want to know, the shortcuts included. */
export function Help({ onClose }: { onClose: () => void }) {
  const heading = useId();
  return (
    <Dialog labelledBy={heading} className="dialog-text" onClose={onClose}>
      <div className="dialog-head">
        <h2 id={heading}>{t.heading}</h2>
        <Button look="quiet" onClick={onClose}>
          {t.close}
        </Button>
      </div>
      <div className="help">
        {t.sections.map((section) => (
          <section key={section.title}>
            <h3>{section.title}</h3>
            <ul>
              {section.items.map((item) => (
                <li key={item}>{item}</li>
              ))}
            </ul>
          </section>
        ))}
        <section>
          <h3>{keys.heading}</h3>
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
      <p className="help-hint" aria-hidden>
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
    <table className="keys">
      <caption>{caption}</caption>
      <thead className="sr-only">
        <tr>
          <th scope="col">{keys.key}</th>
          <th scope="col">{keys.does}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([key, does]) => (
          <tr key={key}>
            <th scope="row">
              <kbd>{key}</kbd>
            </th>
            <td>{does}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
