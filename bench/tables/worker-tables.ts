import type { Results } from "../results";
import { spreadOf } from "../spread";
import { ASKED, isQuiet, nativeSpeedUpOf, speedUpOf, type ScalingRound } from "../workers/scaling";
import { megabytes, spreadText, type Table } from "./table";

const nativeSpeedUp = (round: ScalingRound): number => spreadOf(nativeSpeedUpOf(round)).median;

export function workerTables({ scaling: found, collection: rows }: Results): Table[] {
  if (!found) return [];
  const { inputs } = found;
  const input = (name: string, value: string, how = "measured") => [name, value, how];
  const check = rows.find(({ cores }) => cores === 0);
  const quiet = found.rounds.filter(isQuiet);
  const row = (
    name: string,
    of: (round: ScalingRound) => number,
    digits: number,
    simulated = "",
  ) => [
    name,
    spreadText(spreadOf(found.rounds.map(of)), digits),
    quiet.length === 0 ? "–" : spreadText(spreadOf(quiet.map(of)), digits),
    simulated,
  ];
  return [
    {
      title: "Workers",
      about: `Measured: ${found.lengths.length} MP3s of two minutes in one batch, in turn, in ${found.rounds.length} rounds. One worker shares its core with all of the browser, on the first core and on the second, which need not be equally fast; the speed-up is over the mean of what the two do. Right before a round and right after it native ffmpeg transcodes on each core alone and on both at once: what the machine's cores give at all. The right column is of the ${quiet.length} rounds in which that was ${ASKED} or more both times. The model plays the same batch with the inputs below.`,
      head: ["workers", "all rounds", "rounds with two whole cores", "simulated"],
      rows: [
        row("1, on the first core, seconds", ({ one }) => one[0], 1, check?.apart.toFixed(1)),
        row("1, on the second core, seconds", ({ one }) => one[1], 1),
        row("2, on both cores, seconds", ({ two }) => two, 1, check?.shared.toFixed(1)),
        row("speed-up", speedUpOf, 2, check && (check.apart / check.shared).toFixed(2)),
        row("speed-up of native ffmpeg", nativeSpeedUp, 2),
        row("speed-up over that", (round) => speedUpOf(round) / nativeSpeedUp(round), 2),
      ],
    },
    {
      title: "Inputs of the model",
      onlyPrinted: true,
      about:
        "Of the batches above and of this machine. What moves in memory is an estimate: the passes over a song's samples counted in the source, and doubled for what the codecs do inside.",
      head: ["input", "value", "how"],
      rows: [
        input("compute of a minute of audio", `${(inputs.computePerSecond * 60).toFixed(3)} s`),
        input("a song, whatever its length", `${(inputs.perSong * 1000).toFixed(0)} ms`),
        input("between two songs of a worker", `${(inputs.handover * 1000).toFixed(0)} ms`),
        input(
          "busy time of the page's own thread, a song",
          `${(inputs.pagePerSong * 1000).toFixed(0)} ms`,
        ),
        input("read, and written, a minute of audio", megabytes(inputs.bytesPerSecond * 60)),
        input("disk", `${(inputs.diskBandwidth / 1e6).toFixed(0)} MB/s, one for all`),
        input(
          "moved in memory, a minute of audio",
          megabytes(inputs.memoryPerSecond * 60),
          "estimated",
        ),
        input("memory", `${(inputs.memoryBandwidth / 1e9).toFixed(1)} GB/s, one for all`),
        input("slowed down by a second worker", `${(inputs.contention * 100).toFixed(1)} %`),
      ],
    },
  ];
}

export const collectionTables = ({ collection: rows }: Results): Table[] => [
  {
    title: "500 songs of 4 minutes",
    about:
      "**Simulated**, not measured: the model above with more cores of this kind. The lengths are those of all 41 songs of the package, drawn 500 times and scaled to a mean of 4 minutes; MP3 320 with verification. *Apart*: workers do not slow each other down. *Shared*: each further worker slows all of them by as much as the second one did here.",
    head: ["cores", "workers", "minutes, apart", "minutes, shared"],
    rows: rows
      .filter(({ cores }) => cores > 0)
      .map(({ cores, workers, apart, shared }) => [
        String(cores),
        String(workers),
        apart.toFixed(1),
        shared.toFixed(1),
      ]),
  },
];
