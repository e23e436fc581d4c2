import { oneLine } from "@/lib/batch/log";
import type { Report, ReportedFile } from "../in-browser/report";

/** A line for each song that was measured: what leveling would make of it. */
export const planNotes = ({ files }: Report): string[] =>
  files.flatMap((file) =>
    file.status === "measured" ? [`${oneLine(file.path)}: ${planOf(file)}`] : [],
  );

function planOf({ source, planned }: ReportedFile): string {
  const from = loudness(source?.integratedLufs);
  if (!planned) return `${from}, and nothing can be foreseen.`;
  const { gainDb, limitedDb, route, integratedLufs, truePeakDbtp, heldBack } = planned;
  if (route === "none") return `${from}, stays as it is.`;
  const words = [
    `${from} to ${loudness(integratedLufs)}`,
    gainDb === null ? null : `${signed(gainDb)} dB`,
    limitedDb ? `peaks limited by ${limitedDb.toFixed(1)} dB` : null,
    truePeakDbtp === null ? null : `peak ${truePeakDbtp.toFixed(1)} dBTP`,
    heldBack ? "held back by its peaks" : null,
    route === "lossless" ? "without encoding" : null,
  ];
  return `${words.filter((each) => each !== null).join(", ")}.`;
}

const loudness = (lufs: number | null | undefined): string =>
  lufs == null ? "silent" : `${lufs.toFixed(1)} LUFS`;

const signed = (value: number): string => `${value < 0 ? "" : "+"}${value.toFixed(1)}`;
