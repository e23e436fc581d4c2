import { planGain, type GainPlan, type Target } from "@/lib/loudness/plan";
import { inSteps, isExact, type OwnGain } from "@/lib/loudness/stepped-plan";
import { lu, type Lu, type Lufs } from "@/lib/loudness/units";
import type { EncodingWay, OutputFormat, Settings } from "@/lib/settings/settings";
import { encodingCost } from "./encoding-cost";
import type { Measured } from "./outcome";
import { programmeOf } from "./programme";
import type { SkipReason } from "./refusals";
import type { SourceFormat } from "./source-format";
import type { SongWay, WayReason } from "./way";

type Skip = {
  readonly kind: "skip";
  readonly reason: SkipReason;
  readonly expected: Lufs;
};

export type SongPlan =
  | { readonly plan: Skip; readonly way: null; readonly missedBy: Lu | null }
  | { readonly plan: Exclude<GainPlan, { kind: "skip" }>; readonly way: SongWay };

export interface Asked extends EncodingWay {
  readonly target: Target;
  readonly reencoding: Settings["reencoding"];
}

type Left = Extract<SkipReason, "no-lossless-way" | "would-be-encoded">;

/** dB between the gain of an album and that of its songs, which nobody hears. */
const SAME_GAIN = 0.02;

/**
 * What is done to a measured song, and which way: page and worker ask here. `album`: what the plan of
 * its album asks of it.
 */
export function planSong(measured: Measured, asked: Asked, album: GainPlan | null): SongPlan {
  const { format } = measured;
  const { target, outputFormat, reencoding } = asked;
  const encoded = (why: WayReason): SongPlan => encodedPlan(measured, asked, album, why);
  if (format.lossless) return encoded("lossless-source");
  if (reencoding === "always") return encoded("always");
  const never = reencoding === "never";
  const unlessNever = (reason: Left, why: WayReason) =>
    never ? left(reason, measured) : encoded(why);

  const programme = programmeOf(measured, null);
  const asAsked = never ? ({ ...target, whenPeaksTooHigh: "quieter" } as const) : target;
  const plan = album ?? planGain(programme, asAsked);
  if (plan.kind === "skip") return { plan, way: null, missedBy: null };
  if (!keepsKind(format, outputFormat)) return unlessNever("would-be-encoded", "other-kind");
  const own = measured.ownGain;
  if (own === null) return unlessNever("no-lossless-way", "no-own-gain");
  if (plan.kind === "dynamic") return encoded("evened-out");
  if (plan.kind === "limit" && !never) return encoded("peaks");
  const stepped = inSteps(plan, programme, target, own);
  if (stepped === null) return unlessNever("no-lossless-way", "no-own-gain");

  const away = stepped.expected - plan.expected;
  const near = album ? SAME_GAIN : target.accuracy;
  if (!never && !isExact(own) && Math.abs(away) > near) return encoded("no-near-step");
  const missed = stepped.expected - (album ? plan.expected : target.loudness);
  const byPeaks =
    stepped.kind === "skip" ? stepped.reason !== "nearest-lossless-step" : stepped.heldBack;
  const missedBy = !byPeaks && Math.abs(missed) > target.accuracy ? lu(missed) : null;
  if (stepped.kind === "skip") return { plan: stepped, way: null, missedBy };
  const why = isExact(own) ? "exact" : Math.abs(away) > near ? "never" : "near-step";
  return { plan: stepped, way: { route: "lossless", why, cost: null, missedBy } };
}

/** What is done to a song where it is encoded. */
export function encodedPlan(
  measured: Measured,
  asked: Asked,
  album: GainPlan | null,
  why: WayReason,
): SongPlan {
  const { format } = measured;
  const plan = album ?? planGain(programmeOf(measured, asked), asked.target);
  if (plan.kind === "skip") return { plan, way: null, missedBy: null };
  const cost = format.lossless ? null : encodingCost(format, asked);
  return { plan, way: { route: "encode", why, cost, missedBy: null } };
}

/** Of a song that would have to be encoded, and must not be. */
export const left = (reason: Left, { measurement }: Measured): SongPlan => ({
  plan: { kind: "skip", reason, expected: measurement.integrated },
  way: null,
  missedBy: null,
});

/** The gain of a song's coded audio, where what is asked for lets it be used. */
export const usableGain = (
  { format, ownGain }: Measured,
  { reencoding, outputFormat }: Asked,
): OwnGain | null =>
  format.lossless || reencoding === "always" || !keepsKind(format, outputFormat) ? null : ownGain;

/** A file of the same kind comes out: asked for as such, or because it is that kind already. */
function keepsKind(
  { codec, container }: Pick<SourceFormat, "codec" | "container">,
  outputFormat: OutputFormat,
): boolean {
  return outputFormat === "same" || kinds[outputFormat] === `${codec} in ${container}`;
}

const kinds: Partial<Record<OutputFormat, string>> = {
  ...{ mp3: "mp3 in mp3", m4a: "aac in m4a", ogg: "vorbis in ogg", opus: "opus in opus" },
};
