import type { Probe } from "@/lib/ffmpeg/probe";
import { mp3Gaps, statedLength, type ByteSource, type StatedLength } from "@/lib/formats";
import { seconds } from "@/lib/loudness/units";
import type { Damage } from "@/lib/song/damage";
import type { PlacedComplaint } from "./placed-complaints";

/** What was heard while a song was decoded; places are in samples (per channel). */
export interface Heard {
  readonly frames: number;
  /** Finds out where they were, which takes another decoding; null = there were none. */
  readonly complaints: (() => readonly PlacedComplaint[]) | null;
  /** Whether the samples are those that the file's checksum is of; null where it states none. */
  readonly matches: boolean | null;
}

/** Kinds whose length the probe tells to the sample. */
const exactByProbe = new Set(["wavpack", "tta", "ape", "tak"]);
/** Seconds by which the length of a Matroska file may differ from that of its sound. */
const ROUGH = 0.1;

/** What is wrong with the file of a song that was decoded to its end; null where it is whole. */
export function foundDamage(source: ByteSource, probe: Probe, heard: Heard): Damage | null {
  if (heard.matches === true) return null;
  const { frames } = heard;
  const { format } = probe;
  const time = (samples: number) => seconds(samples / format.sampleRate);
  const stated = lengthOf(source, probe);
  const short = stated === null ? 0 : stated.samples - frames;
  const missing = stated !== null && short > stated.tolerance ? short : 0;
  const gaps = heard.complaints && format.container === "mp3" ? mp3Gaps(source) : null;
  // PCM cannot be wrong: where its bytes end, the header has told. Nor is what lies between or behind the
  // frames of an MP3 that has them all.
  const hasAll = gaps?.length === 0 && stated !== null && missing === 0;
  const isSound = hasAll || format.codec.startsWith("pcm_");
  const complaints = (isSound ? null : heard.complaints?.()) ?? [];

  const undecoded = complaints.filter(
    ({ complaint }) => complaint.kind === "undecoded" || complaint.kind === "unread",
  );
  const inside = undecoded.filter(({ at }) => at < frames);
  if (inside.length > 0) {
    if (gaps === null || gaps.length > 0 || missing > 0) {
      const at = gaps?.length ? gaps.map((gap) => gap.at * format.sampleRate) : placesOf(inside);
      const inGaps = gaps?.reduce((sum, { length }) => sum + length, 0);
      const lost =
        missing > 0 ? time(missing) : inGaps ? seconds(inGaps) : roughlyMissing(probe, frames);
      return { kind: "undecodable", ...placed(at, format.sampleRate), lost };
    }
  }
  const endsBadly = stated === null && undecoded.length > inside.length;
  if (missing > 0 || stated?.endsInside || endsBadly) {
    const lost = missing > 0 ? time(missing) : roughlyMissing(probe, frames);
    return { kind: "cut-short", at: time(frames), places: 1, lost };
  }
  const altered = complaints.filter(({ complaint }) => complaint.kind === "checksum");
  if (altered.length === 0 && heard.matches === null) return null;
  return { kind: "altered", ...placed(placesOf(altered), format.sampleRate), lost: null };
}

/** Containers are read ahead before the first sample comes: where that was is not known. */
const placesOf = (complaints: readonly PlacedComplaint[]): number[] =>
  complaints.flatMap(({ complaint, at }) => {
    if (complaint.kind === "unread" && at === 0) return [];
    return (complaint.kind === "checksum" && complaint.at) || at;
  });

function placed(at: readonly number[], sampleRate: number): Pick<Damage, "at" | "places"> {
  const [first] = at;
  if (first === undefined) return { at: null, places: 0 };
  const places = at.filter((each, index) => index === 0 || each - at[index - 1]! > sampleRate);
  return { at: seconds(first / sampleRate), places: places.length };
}

function lengthOf(source: ByteSource, { format, duration }: Probe): StatedLength | null {
  if (!exactByProbe.has(format.container)) return statedLength(source, format);
  if (duration === null) return null;
  const samples = Math.round(duration * format.sampleRate);
  return { samples, tolerance: 0, endsInside: false };
}

/** Matroska states a length that is of all its tracks and not exact; elsewhere nothing is known. */
function roughlyMissing({ format, duration }: Probe, frames: number): Damage["lost"] {
  if (format.container !== "matroska" || duration === null) return null;
  const missing = duration - frames / format.sampleRate;
  return missing > ROUGH ? seconds(missing) : null;
}
