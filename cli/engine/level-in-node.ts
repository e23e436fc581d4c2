import { mkdirSync, writeFileSync } from "node:fs";
import { whatLiesBeside } from "@/app/report/where";
import { hasEnded } from "@/lib/batch/totals";
import type { EngineFiles } from "@/lib/node/engine";
import { LEFT_AS_THEY_ARE } from "@/lib/session/kept-originals";
import { createSession, type Session } from "@/lib/session/session";
import type { SessionNotice, SessionState } from "@/lib/session/session-state";
import { statusText } from "@/lib/session/status-text";
import { Failure } from "../failure";
import type { Report } from "../in-browser/report";
import type { Interruption } from "../interruption";
import type { LevelOptions } from "../options";
import { withoutRecord, writeLog, writeReport } from "../reports";
import { leftOutNotes, songNotes, targetNotes, wayNotes } from "../song-notes";
import { planNotes } from "./plan-notes";
import { nodePlatform } from "./platform";
import { questionLines } from "./question-lines";
import type { Telling } from "./telling";

/** Levels songs in this process. False when a song failed or could not be read. */
export async function levelInNode(
  options: LevelOptions,
  files: EngineFiles,
  interruption: Interruption,
  telling: Telling,
): Promise<boolean> {
  if (options.out !== null) mkdirSync(options.out, { recursive: true });
  const log: string[] = [];
  const session = createSession(nodePlatform(options, files, (line) => log.push(line)));
  const { store, actions } = session;
  try {
    await session.ready;
    await addSongs(session, options);
    store.subscribe((state, before) => follow(session, state, before, telling));
    interruption.stopWith(() => Promise.resolve(actions.stop("now")));
    await tasks[options.task](session);
    if (options.log !== null) writeLog(options.log, log);
    return tellEnd(session, options, telling);
  } finally {
    session.close();
  }
}

async function addSongs({ store, actions }: Session, options: LevelOptions): Promise<void> {
  const { unfinished } = store.getState();
  if (options.task === "resume") {
    if (unfinished === null) throw new Failure("Nothing was cut off.");
    return;
  }
  actions.update(options.settings);
  // Each gives the next of the folders and files that were named.
  for (const _ of options.inputs) await actions.chooseFolder();
  // What could not be read is named at the end.
  actions.dismissNotice();
  if (store.getState().order.length === 0) {
    throw new Failure("There is no song in there that could be leveled.");
  }
}

const tasks: Readonly<Record<LevelOptions["task"], (session: Session) => Promise<void>>> = {
  level: (session) => run(session, ({ actions }) => actions.start()),
  measure: (session) => run(session, ({ actions }) => actions.measure()),
  "dry-run": (session) => run(session, ({ actions }) => actions.measure()),
  resume: (session) => run(session, ({ actions }) => actions.resumeUnfinished()),
  async undo(session) {
    await until(session, ({ lookingForUndo }) => !lookingForUndo);
    const isUndoable = [...session.store.getState().songs.values()].some((song) => song.undoable);
    if (!isUndoable) throw new Failure("No song in there holds a record of a lossless change.");
    await run(session, ({ actions }) => actions.undoLossless());
  },
  async restore(session) {
    requireOriginals(session);
    await session.actions.restoreOriginals();
  },
  async "delete-originals"(session) {
    requireOriginals(session);
    await session.actions.discardOriginals();
  },
};

/** Does what ends in a finished run; a `Failure` says why it did not. */
async function run(session: Session, work: (session: Session) => Promise<void>): Promise<void> {
  await work(session);
  const { phase, notice } = session.store.getState();
  if (phase === "finished") return;
  throw new Failure(notice ? `${notice.message} ${notice.hint}` : "Nothing was done.");
}

function requireOriginals({ store }: Session): void {
  if (!store.getState().originalsKept) throw new Failure("No originals are kept in there.");
}

const until = ({ store }: Session, isSo: (state: SessionState) => boolean): Promise<void> =>
  new Promise((resolve) => {
    const look = (state: SessionState) => isSo(state) && (unsubscribe(), resolve());
    const unsubscribe = store.subscribe(look);
    look(store.getState());
  });

/** Tells what has changed, and answers what the page would ask: it was asked for already. */
function follow(
  { actions }: Session,
  state: SessionState,
  before: SessionState,
  telling: Telling,
): void {
  const { question } = state;
  if (question !== null && question !== before.question) {
    for (const line of questionLines(question)) telling.note(line);
    // Which of the doubtful originals are put back nobody can be asked; they stay where they are.
    queueMicrotask(() => actions.answer(question.kind !== "restore-doubtful"));
  }
  if (state.songs !== before.songs) {
    for (const [id, song] of state.songs) {
      const earlier = before.songs.get(id);
      if (song !== earlier && hasEnded(song) && !(earlier && hasEnded(earlier))) telling.song(song);
    }
  }
  const isRunning = state.phase === "leveling" || state.phase === "measuring";
  // One that keeps a run from beginning is told as the failure that it is.
  if (isRunning && state.notice !== before.notice) tellNotice(state, telling);
  if (isRunning && state.totals !== before.totals) telling.progress(state);
}

/** The notices that were told. */
const told = new WeakSet<SessionNotice>();

function tellNotice({ notice }: SessionState, telling: Telling): void {
  if (notice === null || told.has(notice)) return;
  told.add(notice);
  telling.note(`${notice.message} ${notice.hint}`);
}

function tellEnd({ store, actions }: Session, options: LevelOptions, telling: Telling): boolean {
  const shown = JSON.parse(actions.report("json").text) as Report;
  const report = options.task === "undo" ? withoutRecord(shown) : shown;
  if (options.report?.toLowerCase().endsWith(".csv")) {
    writeFileSync(options.report, actions.report("csv").text);
  } else if (options.report !== null) writeReport(options.report, report);
  const state = store.getState();
  tellNotice(state, telling);
  if (options.task === "restore" || options.task === "delete-originals") {
    return !state.notice?.hint.startsWith(LEFT_AS_THEY_ARE);
  }
  const missed = leftOutNotes(report.leftOut);
  const notes = [
    ...(options.task === "dry-run" ? planNotes(report) : songNotes(report)),
    ...wayNotes(report),
    ...targetNotes(report),
    ...missed,
    ...whatLiesBeside(report.beside),
  ];
  for (const line of notes) telling.note(line);
  telling.end(statusText(state), report);
  return missed.length === 0 && report.files.every(({ status }) => status !== "failed");
}
