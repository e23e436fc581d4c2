import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { whatLiesBeside } from "@/app/report/where";
import { reportedAlbum, reportedSong } from "@/lib/batch/report";
import { isDone } from "@/lib/batch/totals";
import { makeFolder } from "@/lib/node/disk/make-folder";
import type { EngineFiles } from "@/lib/node/engine";
import { LEFT_AS_THEY_ARE } from "@/lib/session/kept-originals";
import { createSession, type Session } from "@/lib/session/session";
import type { SessionNotice, SessionState } from "@/lib/session/session-state";
import { statusText } from "@/lib/session/status-text";
import { defaultSettings, parseSettings, type Settings } from "@/lib/settings/settings";
import { Failure, isSystemError } from "../failure";
import type { Report } from "../in-browser/report";
import type { Interruption } from "../interruption";
import type { LevelOptions } from "../options";
import { withoutRecord, writeLog, writeReport } from "../reports";
import { MeasuredAlbums } from "../shards/measured-albums";
import { earlierRun, RunningReport } from "../shards/report-file";
import { readReport, type ReportHead } from "../shards/report-lines";
import type { Shard } from "../shards/shard";
import { leftOutNotes, songNotes, targetNotes, wayNotes } from "../song-notes";
import { planNotes } from "./plan-notes";
import { nodePlatform, stateLocks } from "./platform";
import { questionLines } from "./question-lines";
import { ShardSongs } from "./shard-songs";
import type { Telling } from "./telling";

/** Levels songs in this process. False when a song failed or could not be read. */
export async function levelInNode(
  options: LevelOptions,
  files: EngineFiles,
  interruption: Interruption,
  telling: Telling,
): Promise<boolean> {
  return options.shard === null
    ? levelSongs(options, files, interruption, telling)
    : once(options, () => levelSongs(options, files, interruption, telling));
}

/** Of two that would do the same shard one does nothing, where there is a place to tell it. */
async function once(options: LevelOptions, work: () => Promise<boolean>): Promise<boolean> {
  const { inputs, out, shard } = options;
  const what = JSON.stringify([inputs, out, shard]);
  const name = `levelup-shard-${createHash("sha256").update(what).digest("hex").slice(0, 16)}`;
  let asked = false;
  try {
    return await stateLocks().request(name, { ifAvailable: true }, (lock) => {
      asked = true;
      if (lock === null) throw new Failure("This shard is being worked on.");
      return work();
    });
  } catch (error) {
    if (asked || !isSystemError(error)) throw error;
    return work();
  }
}

async function levelSongs(
  options: LevelOptions,
  files: EngineFiles,
  interruption: Interruption,
  telling: Telling,
): Promise<boolean> {
  if (options.out !== null) makeFolder(options.out);
  const settings = settingsOf(options);
  const shard = options.shard && shardSongs(options, options.shard, settings);
  const log: string[] = [];
  const session = createSession(nodePlatform(options, files, shard, (line) => log.push(line)));
  const { store, actions } = session;
  const startedAt = new Date().toISOString();
  let unfollow = () => {};
  try {
    await session.ready;
    await addSongs(session, options, settings, shard);
    const running = runningReport(session, options, startedAt);
    unfollow = store.subscribe((state, before) =>
      follow(session, state, before, { telling, running }),
    );
    interruption.stopWith(() => Promise.resolve(actions.stop("now")));
    if (options.task === "level") await shard?.removeLeftovers();
    const isEmpty = shard !== null && store.getState().order.length === 0;
    if (!isEmpty) await tasks[options.task](session);
    if (options.log !== null) writeLog(options.log, log);
    return tellEnd(session, options, { telling, running, startedAt });
  } finally {
    // That the list is empty then is no news.
    unfollow();
    session.close();
  }
}

/** A terminal does what it is asked for as often as it is asked; a shard goes on where it was. */
const settingsOf = ({ task, shard, settings }: LevelOptions): Settings =>
  parseSettings({
    ...defaultSettings,
    ...settings,
    onlyNew: task === "level" && (shard !== null || settings.onlyNew === true),
  });

const writesLines = ({ report }: LevelOptions): boolean =>
  report?.toLowerCase().endsWith(".jsonl") === true;

function shardSongs(options: LevelOptions, shard: Shard, settings: Settings): ShardSongs {
  const { report, out, task } = options;
  const measured = options.measured === null ? null : new MeasuredAlbums(options.measured);
  const goesOn = report !== null && writesLines(options) && task === "level";
  const earlier = goesOn ? earlierRun(report, { shard, settings }) : null;
  return new ShardSongs({ shard, settings, out, earlier, measured });
}

/** Null where the report is written as a whole at the end. */
function runningReport(
  session: Session,
  options: LevelOptions,
  startedAt: string,
): RunningReport | null {
  if (options.report === null || !writesLines(options)) return null;
  const { files: _, ...head } = reportOf(session, options, startedAt);
  return new RunningReport(options.report, { ...head, finishedAt: null } as unknown as ReportHead);
}

/** The report as it stands. Of a shard without a song no run tells the times. */
function reportOf({ actions }: Session, options: LevelOptions, startedAt: string): Report {
  const { files, ...head } = JSON.parse(actions.report("json").text) as Report;
  const { task, shard } = options;
  const now = new Date().toISOString();
  const times = { startedAt: head.startedAt ?? startedAt, finishedAt: head.finishedAt ?? now };
  const report = { ...head, ...(shard !== null && { ...times, shard }), files };
  return task === "undo" ? withoutRecord(report) : report;
}

async function addSongs(
  { store, actions }: Session,
  options: LevelOptions,
  settings: Settings,
  shard: ShardSongs | null,
): Promise<void> {
  const { unfinished } = store.getState();
  if (options.task === "resume") {
    if (unfinished === null) throw new Failure("Nothing was cut off.");
    return;
  }
  actions.update(settings);
  // Each gives the next of the folders and files that were named.
  for (const _ of options.inputs) await actions.chooseFolder();
  // What could not be read is named at the end.
  actions.dismissNotice();
  if (options.task === "level" || options.measured !== null) shard?.requireWholeAlbums();
  if (store.getState().order.length === 0 && !shard?.found) {
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
  { telling, running }: { readonly telling: Telling; readonly running: RunningReport | null },
): void {
  const { question } = state;
  if (question !== null && question !== before.question) {
    for (const line of questionLines(question)) telling.note(line);
    // Which of the doubtful originals are put back nobody can be asked; they stay where they are.
    queueMicrotask(() => actions.answer(question.kind !== "restore-doubtful"));
  }
  if (state.songs !== before.songs) {
    // By album a song is measured long before it is leveled.
    const measuring = state.run?.mode === "measure";
    for (const [id, song] of state.songs) {
      const earlier = before.songs.get(id);
      if (song === earlier || !isDone(song, measuring)) continue;
      if (earlier && isDone(earlier, measuring)) continue;
      // What an earlier run did is in its report already.
      if (song.reason !== "done-before") running?.add(reportedSong(song), reportedAlbum(song));
      telling.song(song);
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

interface Ending {
  readonly telling: Telling;
  readonly running: RunningReport | null;
  readonly startedAt: string;
}

function tellEnd(session: Session, options: LevelOptions, ending: Ending): boolean {
  const { store, actions } = session;
  const { telling, running, startedAt } = ending;
  const report = reportOf(session, options, startedAt);
  if (running !== null) {
    const read = readReport(JSON.stringify(report));
    if (read.kind === "wrong") throw new Error(read.message);
    running.end(read.run);
  } else if (options.report?.toLowerCase().endsWith(".csv")) {
    writeFileSync(options.report, actions.report("csv").text);
  } else if (options.report !== null) writeReport(options.report, report);
  const state = store.getState();
  tellNotice(state, telling);
  if (options.task === "restore" || options.task === "delete-originals") {
    return !state.notice?.hint.startsWith(LEFT_AS_THEY_ARE);
  }
  const missed = leftOutNotes(report.leftOut);
  const touched = report.files.filter(({ reason }) => reason !== "done-before");
  const before = report.files.length - touched.length;
  const done = { ...report, files: touched };
  const notes = [
    ...(options.task === "dry-run" ? planNotes(report) : songNotes(done)),
    ...wayNotes(report),
    ...targetNotes(report),
    ...missed,
    ...whatLiesBeside(report.beside),
    ...(before > 0 ? [`${before} done before.`] : []),
  ];
  for (const line of notes) telling.note(line);
  const { shard } = options;
  const isEmpty = shard !== null && report.files.length === 0;
  const nothing = `No song in there belongs to shard ${shard?.number}/${shard?.count}.`;
  telling.end(isEmpty ? nothing : statusText(state), report);
  return missed.length === 0 && report.files.every(({ status }) => status !== "failed");
}
