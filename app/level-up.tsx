"use client";

import { useCallback, useState } from "react";
import { Help } from "./help/help";
import { DropAnywhere } from "./intake/drop-anywhere";
import { DropZone } from "./intake/drop-zone";
import { IntakeBar } from "./intake/intake-bar";
import { IntakeSummary } from "./intake/intake-summary";
import { StepThrough } from "./listen/step-through";
import { OfflineNote } from "./offline/offline-note";
import { PrintReport } from "./report/print-report";
import { Summary } from "./report/summary";
import { BatchLog } from "./run/batch-log";
import { Lanes } from "./run/lanes";
import { LeavingGuard } from "./run/leaving-guard";
import { Notice } from "./run/notice";
import { QuestionDialog } from "./run/question-dialog";
import { RunBar } from "./run/run-bar";
import { StopDialog } from "./run/stop-dialog";
import { EndNotice } from "./run/tell-when-done";
import { KeptOriginals, Unfinished } from "./run/unfinished";
import { SessionProvider, useSession } from "./session";
import { Shortcuts } from "./shortcuts/shortcuts";
import { Albums } from "./songs/albums";
import { SongTable } from "./songs/song-table";
import { wholeView } from "./songs/view";
import { strings } from "./strings";
import { TargetPanel } from "./target/target-panel";
import { Button } from "./ui/button";
import { ThemeField } from "./ui/theme-field";

export function LevelUp() {
  return (
    <SessionProvider>
      <Page />
    </SessionProvider>
  );
}

function Page() {
  const empty = useSession((state) => state.order.length === 0);
  const [view, setView] = useState(wholeView);
  const [open, setOpen] = useState<"help" | "stop" | null>(null);
  const close = useCallback(() => setOpen(null), []);
  return (
    <>
      <header className="head">
        <h1>
          <Mark />
          {strings.app.name}
        </h1>
        <p className="head-tagline">{strings.app.tagline}</p>
        {!empty && <p className="head-privacy">{strings.app.privacy}</p>}
        <div className="head-help">
          <ThemeField />
          <Button look="quiet" onClick={() => setOpen("help")}>
            {strings.help.open}
          </Button>
        </div>
      </header>
      <main className={empty ? "page page-empty" : "page"}>
        <Notice />
        <Unfinished />
        <KeptOriginals />
        {empty && (
          <>
            <IntakeSummary />
            <DropZone />
          </>
        )}
        <TargetPanel />
        <RunBar />
        <Lanes />
        {!empty && (
          <>
            <Summary onShow={(filter) => setView({ ...wholeView, filter })} />
            <Albums />
            <IntakeBar />
            <SongTable view={view} onView={setView} />
          </>
        )}
        <BatchLog />
      </main>
      <StepThrough />
      <QuestionDialog />
      {open === "help" && <Help onClose={close} />}
      {open === "stop" && <StopDialog onClose={close} />}
      <Shortcuts onHelp={() => setOpen("help")} onStop={() => setOpen("stop")} />
      <EndNotice />
      <PrintReport />
      <DropAnywhere />
      <LeavingGuard />
      <OfflineNote />
    </>
  );
}

function Mark() {
  return (
    <svg className="mark" viewBox="0 0 24 24" aria-hidden focusable="false">
      <path className="fill-before" d="M2 15h3v5H2zM6 9h3v11H6zM10 12h3v8h-3zM19 16h3v4h-3z" />
      <path className="fill-accent" d="M14.5 3h3v17h-3z" />
    </svg>
  );
}
