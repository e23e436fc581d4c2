"use client";

import { Fragment, useCallback, useEffect, useState } from "react";
import { Help } from "./help/help";
import { DropAnywhere } from "./intake/drop-anywhere";
import { DropZone } from "./intake/drop-zone";
import { IntakeBar } from "./intake/intake-bar";
import { IntakeAnnouncement } from "./intake/intake-summary";
import { OpenedFiles } from "./intake/opened-files";
import { StepThrough } from "./listen/step-through";
import { OfflineNote } from "./offline/offline-note";
import { PrintReport } from "./report/print-report";
import { Summary } from "./report/summary";
import { BatchLog } from "./run/batch-log";
import { LeavingGuard } from "./run/leaving-guard";
import { Notice } from "./run/notice";
import { QuestionDialog } from "./run/question-dialog";
import { RunBar } from "./run/run-bar";
import { StopDialog } from "./run/stop-dialog";
import { EndNotice } from "./run/tell-when-done";
import { KeptOriginals, Unfinished } from "./run/unfinished";
import { SessionProvider, useSession } from "./session";
import { ActsOnce } from "./shortcuts/acts-once";
import { Shortcuts } from "./shortcuts/shortcuts";
import { Albums } from "./songs/albums";
import { SongTable } from "./songs/song-table";
import { wholeView } from "./songs/view";
import { strings } from "./strings";
import { LinkedSettings } from "./target/linked-settings";
import { TargetPanel } from "./target/target-panel";
import { Button } from "./ui/button";
import { FocusKeeper } from "./ui/focus-keeper";
import { SkipLink } from "./ui/skip-link";
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
  useEffect(() => {
    // Wherever the empty page was scrolled to, the songs begin at the top.
    if (!empty) window.scrollTo(0, 0);
  }, [empty]);
  return (
    <>
      {!empty && <SkipLink />}
      <header className="flex flex-wrap items-center gap-x-5 px-(--page-side) pt-2.5 pb-2">
        <h1 className="flex items-center gap-2 text-lg font-semibold tracking-[-0.01em]">
          <Mark />
          {strings.app.name}
        </h1>
        <p className={`text-muted hidden text-[0.8125rem] ${empty ? "md:block" : "lg:block"}`}>
          {strings.app.tagline}
        </p>
        {!empty && (
          <p className="text-muted hidden text-[0.8125rem] md:block">{strings.app.privacy}</p>
        )}
        <div className="ms-auto flex items-center gap-2">
          <ThemeField />
          <Button look="quiet" onClick={() => setOpen("help")}>
            {strings.help.open}
          </Button>
        </div>
      </header>
      <main className="flex flex-col gap-2 px-(--page-side) pb-8">
        <Notice />
        <LinkedSettings />
        <Unfinished />
        <KeptOriginals />
        {empty ? (
          <Fragment key="empty">
            <DropZone />
            <p className="text-muted text-[0.8125rem]">{strings.intake.limits}</p>
            <TargetPanel />
            <RunBar summary={null} />
            <BatchLog />
          </Fragment>
        ) : (
          // Parts of their own, not those of the empty page moved to other places.
          <Fragment key="songs">
            <div className="flex flex-wrap items-center gap-2">
              <TargetPanel />
              <IntakeBar />
            </div>
            <RunBar summary={<Summary onShow={(filter) => setView({ ...wholeView, filter })} />} />
            <SongTable view={view} onView={setView} />
            <Albums />
            <BatchLog />
          </Fragment>
        )}
      </main>
      <IntakeAnnouncement />
      <FocusKeeper />
      <StepThrough />
      <QuestionDialog />
      {open === "help" && <Help onClose={close} />}
      {open === "stop" && <StopDialog onClose={close} />}
      <Shortcuts onHelp={() => setOpen("help")} onStop={() => setOpen("stop")} />
      <ActsOnce />
      <EndNotice />
      <PrintReport />
      <DropAnywhere />
      <OpenedFiles />
      <LeavingGuard />
      <OfflineNote />
    </>
  );
}

function Mark() {
  return (
    <svg className="size-5.5" viewBox="0 0 24 24" aria-hidden focusable="false">
      <path className="fill-before" d="M2 15h3v5H2zM6 9h3v11H6zM10 12h3v8h-3zM19 16h3v4h-3z" />
      <path className="fill-accent" d="M14.5 3h3v17h-3z" />
    </svg>
  );
}
