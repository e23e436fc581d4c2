import { OVER, WITHIN } from "../race/judge";
import { RACERS, type Racer } from "../race/racers";
import { FOLDER_WORKERS } from "../race/memory";
import type { Race } from "../race/race";
import type { Results } from "../results";
import { spreadOf, type Spread } from "../spread";
import { spreadText, type Table } from "./table";

export const RACE_TITLE = "A folder of songs, leveled";

const lapsOf = ({ laps }: Race, racer: Racer, cores: 1 | 2) =>
  laps.filter((lap) => lap.racer === racer && lap.cores === cores);

/** LevelUp's time over a racer's, round by round. */
export function raceRatio(
  race: Race,
  racer: Racer,
  cores: 1 | 2,
  measure: "wall" | "cpu",
): Spread | null {
  const ours = lapsOf(race, "levelup", cores);
  const values = lapsOf(race, racer, cores).flatMap((lap) => {
    const own = ours.find(({ round }) => round === lap.round)?.[measure] ?? null;
    const other = lap[measure];
    return own === null || other === null ? [] : [own / other];
  });
  return values.length === 0 ? null : spreadOf(values);
}

export function raceTables({ race }: Results): Table[] {
  if (!race) return [];
  const { target, judged } = race;
  const minutes = (race.audio / 60).toFixed(0);
  const seconds = (racer: Racer, cores: 1 | 2) =>
    spreadText(spreadOf(lapsOf(race, racer, cores).map(({ wall }) => wall)), 1);
  const ratio = (racer: Racer, cores: 1 | 2) => {
    const found = racer === "levelup" ? null : raceRatio(race, racer, cores, "wall");
    return found === null ? "" : spreadText(found, 2);
  };
  const rows = (Object.keys(RACERS) as Racer[])
    .filter((racer) => lapsOf(race, racer, 2).length > 0)
    .map((racer) => {
      const found = judged[racer];
      const delivered = found
        ? [
            `${found.right} of ${found.songs}`,
            `${found.worst > 0 ? "+" : ""}${found.worst.toFixed(2)}`,
            `${found.over} (${found.highest.toFixed(1)} dBTP)`,
            String(found.tagsLost),
            `${found.coversLost} of ${found.covers}`,
            `${(found.size / 1e6).toFixed(0)} MB`,
          ]
        : ["", "", "", "", "", ""];
      const times = [seconds(racer, 2), ratio(racer, 2), seconds(racer, 1), ratio(racer, 1)];
      return [RACERS[racer], ...times, ...delivered];
    });
  return [
    {
      title: RACE_TITLE,
      about: [
        `${race.songs} songs, ${minutes} minutes of music: ${race.kinds}.`,
        `To ${target.loudness} LUFS and at most ${target.ceiling} dBTP, every tool as it is by default; LevelUp limited the peaks of ${race.limited} songs, could not bring ${race.heldBack} all the way, and encoded all but ${race.unencoded}.`,
        `Measured in ${race.rounds === 1 ? "one round" : `${race.rounds} rounds, all in turn`}: seconds by the clock, median (least to most), and LevelUp's time over the tool's in the same round. Two songs at a time on two cores, then one on one.`,
        `Delivered, by native ffmpeg, mutagen and ffprobe: songs within ${WITHIN} LU of the target, or of what LevelUp plans where peaks are in the way; the song furthest off in LU; songs more than ${OVER} dB over the ceiling; songs that lost a tag, or their cover; the size of all.`,
      ].join(" "),
      head: [
        ...["tool", "2 cores, s", "LevelUp over it", "1 core, s", "LevelUp over it"],
        ...["right", "worst, LU", "over the ceiling", "tags lost", "covers lost", "size"],
      ],
      rows,
    },
    memoryTable(race),
  ];
}

const memoryTable = ({ memory }: Race): Table => ({
  title: "Memory of the page",
  about: `Measured: proportional set size of the browser's renderers, looked at ten times a second, in runs of their own with ${FOLDER_WORKERS} workers: the whole folder, then each kind alone. MB of 10^6 bytes.`,
  head: ["songs", "listed, engine ready", "highest", "over that, a worker"],
  rows: memory.map(({ kind, songs, idle, peak }) => [
    `${songs} ${kind === null ? "of all kinds" : kind.toUpperCase()}`,
    ...[idle, peak, (peak - idle) / FOLDER_WORKERS].map((each) => each.toFixed(0)),
  ]),
});
