"use client";

import { useEffect, useState } from "react";
import { labelOf } from "@/lib/settings/kinds";
import { differing, linkedSettings, takenFrom } from "@/lib/settings/link";
import { descriptionOf, type SettingName, type Settings } from "@/lib/settings/settings";
import { NOTICE } from "../run/notice";
import { useActions, useSession } from "../session";
import { strings } from "../strings";
import { Button } from "../ui/button";
import { level } from "../ui/numbers";

const t = strings.target.link;

/** A setting's value as its control shows it. */
function valueText(name: SettingName, settings: Partial<Settings>): string {
  const description = descriptionOf(name);
  const value = settings[name];
  if (description.kind === "choice") return description.texts[String(value)] ?? String(value);
  if (description.kind === "switch") return value === true ? strings.target.on : strings.target.off;
  if (description.kind !== "number") return String(value);
  const { unit } = description;
  return unit === "LUFS" || unit === "dBTP" ? level(Number(value)) : String(value);
}

/** Settings that a link brought along: shown first, and taken only at a click. */
export function LinkedSettings() {
  const actions = useActions();
  const settings = useSession((state) => state.settings);
  const [linked, setLinked] = useState<Partial<Settings> | null>(null);

  useEffect(() => {
    const read = () => {
      const found = linkedSettings(window.location.hash);
      if (found === null) return;
      // Gone from the address: a reload, or a bookmark made now, asks for nothing.
      window.history.replaceState(window.history.state, "", window.location.href.split("#")[0]);
      setLinked(found);
    };
    read();
    window.addEventListener("hashchange", read);
    return () => window.removeEventListener("hashchange", read);
  }, []);

  const names = linked === null ? [] : differing(linked, settings);
  if (linked === null || names.length === 0) return null;
  const use = () => {
    actions.update(takenFrom(linked, settings));
    setLinked(null);
  };
  return (
    <section className={NOTICE} aria-label={t.heading}>
      <div>
        <p>
          <strong>{t.message(names.length)}</strong> {t.hint}
        </p>
        <ul className="list-disc pt-1 pl-5">
          {names.map((name) => (
            <li key={name}>
              {t.change(
                labelOf(descriptionOf(name)),
                valueText(name, settings),
                valueText(name, linked),
              )}
            </li>
          ))}
        </ul>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button look="strong" onClick={use}>
          {t.use}
        </Button>
        <Button look="quiet" onClick={() => setLinked(null)}>
          {t.leave}
        </Button>
      </div>
    </section>
  );
}
