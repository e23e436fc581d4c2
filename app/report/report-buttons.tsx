"use client";

import type { ReportFormat } from "@/lib/session/session-state";
import { useActions } from "../session";
import { strings } from "../strings";
import { Button } from "../ui/button";
import { saveText } from "./save-text";

const t = strings.report;

export function ReportButtons() {
  const actions = useActions();
  const save = (format: ReportFormat) => {
    saveText(actions.report(format));
  };
  return (
    <>
      <Button onClick={() => save("json")}>{t.save}</Button>
      <Button look="quiet" onClick={() => save("csv")}>
        {t.csv}
      </Button>
      <Button look="quiet" onClick={() => window.print()}>
        {t.print}
      </Button>
    </>
  );
}
