import { lufs } from "./units";

/** ReplayGain 2.0 works towards -18 LUFS; `R128_*_GAIN` towards -23 LUFS (RFC 7845 §5.2.1). */
export const replayGainReference = lufs(-18);
export const r128Reference = lufs(-23);
