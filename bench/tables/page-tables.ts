import type { Results } from "../results";
import { megabytes, type Table } from "./table";

export function visitTables({ visits }: Results): Table[] {
  if (!visits) return [];
  const row = (name: string, visit: (typeof visits)["cold"]) => [
    name,
    visit.usable.toFixed(2),
    visit.engineReady.toFixed(2),
    visit.firstSong.toFixed(2),
    megabytes(visit.bytesBefore),
    megabytes(visit.bytes),
    megabytes(visit.engineBytes),
  ];
  return [
    {
      title: "Start-up and bytes on the wire",
      about:
        "Measured: seconds since the navigation began, on all cores, from a server on the same machine; songs are dropped as soon as the page answers, and Start is pressed at once. Bytes are counted at the server, with headers and with what the service worker fetches.",
      head: [
        "visit",
        "page usable",
        "engine ready",
        "first song runs",
        "bytes before it",
        "bytes in all",
        "of the engine",
      ],
      rows: [row("first (new profile)", visits.cold), row("second", visits.warm)],
    },
  ];
}

export function memoryTables({ memory: found }: Results): Table[] {
  if (!found) return [];
  const { empty, idle, peaks, after } = found;
  return [
    {
      title: "Memory",
      about:
        "Measured: proportional set size of the browser's renderers, looked at ten times a second, while 4-minute MP3s are leveled. MB of 10^6 bytes.",
      head: ["state", "MB", "a worker"],
      rows: [
        ["empty page", empty.toFixed(0), ""],
        ["idle page: songs listed, engine ready, a worker waiting", idle.toFixed(0), ""],
        ...peaks.map(({ workers, peak }) => [
          `highest with ${workers} ${workers === 1 ? "worker" : "workers"}, over idle`,
          peak.toFixed(0),
          (peak / workers).toFixed(0),
        ]),
        ["after the batches, over idle", after.toFixed(0), ""],
      ],
    },
  ];
}
