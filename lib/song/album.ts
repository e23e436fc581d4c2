import type { Neighbours } from "@/lib/loudness/limiting";
import type { GainPlan } from "@/lib/loudness/plan";
import type { Lu } from "@/lib/loudness/units";

/** What the plan of its album asks of a song. */
export interface AlbumShare {
  readonly plan: GainPlan;
  /** LU that limiting is foreseen to take from this song, which it lacks beside the others. */
  readonly lost: Lu;
  /** What plays before and after it. */
  readonly neighbours: Neighbours;
}
