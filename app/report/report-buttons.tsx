"use client";

import type { ReportFormat } from "@/lib/session/session-state";
import { useActions } from "../session";
import { strings } from "../strings";
import { Button } from "../ui/button";
import { saveText } from "./save-text";

const t = strings.report;

function useSave() {
  const actions = useActions();
  return (format: ReportFormat) => saveText(actions.report(format));
}

/** Where there is no room for all, the others stand with the distribution. */
export function ReportButtons() {
  return (
    <>
      <SaveReport />
      <div className="contents max-lg:hidden">
        <OtherReports />
      </div>
    </>
  );
}

export function SaveReport() {
  const save = useSave();
  return <Button onClick={() => save("json")}>{t.save}</Button>;
}

export function OtherReports() {
  const save = useSave();
  return (
    <>
      <Button look="quiet" onClick={() => save("csv")}>
        {t.csv}
      </Button>
      <Button look="quiet" onClick={() => window.print()}>
        {t.print}
      </Button>
    </>
  );
}
