"use client";

import { useId, useState } from "react";
import { strings } from "../strings";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";

const t = strings.help;

export function Help() {
  const [open, setOpen] = useState(false);
  const heading = useId();
  return (
    <>
      <Button look="quiet" onClick={() => setOpen(true)}>
        {t.open}
      </Button>
      {open && (
        <Dialog labelledBy={heading} className="dialog-text" onClose={() => setOpen(false)}>
          <div className="dialog-head">
            <h2 id={heading}>{t.heading}</h2>
            <Button look="quiet" onClick={() => setOpen(false)}>
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
          </div>
        </Dialog>
      )}
    </>
  );
}
