/**
 * BS.1770-5: Table 3 weighs the five channels of 5.1 (LFE is left out), Annex 3 any other by where
 * its loudspeaker stands: 1.41 from 60° to 120° to the side and less than 30° high, else 1. Where
 * they stand is told by BS.2051-3, whose systems the comments name.
 */
const SURROUND = 1.41;
const lowFrequency = new Set(["LFE", "LFE2"]);
/** Side at ±90° (I, H) or ±110° (B), wide at ±60° (9.1.6 of IAMF), whatever else there is. */
const atTheSide = new Set(["SL", "SR", "WL", "WR"]);
/** The surrounds of 5.1 at ±110° (B), unless others stand at the side: then at ±135° (I, H). */
const back = new Set(["BL", "BR"]);
/** At ±30°, but at ±60° in 22.2 (H), which alone has channels at the bottom of the screen. */
const front = new Set(["FL", "FR"]);

/** ffmpeg's layout names (libavutil/channel_layout.c of 5.1) and the order of their channels. */
const LAYOUTS: Readonly<Record<string, string>> = {
  mono: "FC",
  stereo: "FL FR",
  downmix: "DL DR",
  "2.1": "FL FR LFE",
  "3.0": "FL FR FC",
  "3.0(back)": "FL FR BC",
  "3.1": "FL FR FC LFE",
  "4.0": "FL FR FC BC",
  quad: "FL FR BL BR",
  "quad(side)": "FL FR SL SR",
  "4.1": "FL FR FC LFE BC",
  "5.0": "FL FR FC BL BR",
  "5.0(side)": "FL FR FC SL SR",
  "5.1": "FL FR FC LFE BL BR",
  "5.1(side)": "FL FR FC LFE SL SR",
  "6.0": "FL FR FC BC SL SR",
  "6.0(front)": "FL FR FLC FRC SL SR",
  hexagonal: "FL FR FC BL BR BC",
  "6.1": "FL FR FC LFE BC SL SR",
  "6.1(back)": "FL FR FC LFE BL BR BC",
  "6.1(front)": "FL FR LFE FLC FRC SL SR",
  "7.0": "FL FR FC BL BR SL SR",
  "7.0(front)": "FL FR FC FLC FRC SL SR",
  "7.1": "FL FR FC LFE BL BR SL SR",
  "7.1(wide)": "FL FR FC LFE BL BR FLC FRC",
  "7.1(wide-side)": "FL FR FC LFE FLC FRC SL SR",
  octagonal: "FL FR FC BL BR BC SL SR",
  hexadecagonal: "FL FR FC BL BR BC SL SR TFL TFC TFR TBL TBC TBR WL WR",
  "22.2": "FL FR FC LFE BL BR FLC FRC BC SL SR TC TFL TFC TFR TBL TBC TBR LFE2 TSL TSR BFC BFL BFR",
};

/** What ffmpeg takes a stream for that gives no layout, by its number of channels. */
const DEFAULTS: Readonly<Record<number, string>> = {
  1: "mono",
  2: "stereo",
  3: "2.1",
  4: "4.0",
  5: "5.0",
  6: "5.1",
  7: "6.1",
  8: "7.1",
  16: "hexadecagonal",
  24: "22.2",
};

/**
 * Channel weights from an ffmpeg layout: a name ("5.1(side)"), or a list of channels ("FL+FR+LFE",
 * "4 channels (FL+FR+LFE+BC)"). Without a layout, or when it does not fit the number of channels,
 * ffmpeg's default for that number counts; beyond that, and in Ambisonics, whose channels are no
 * loudspeakers, every channel weighs 1.
 */
export function channelWeights(layout: string | null, channels: number): number[] {
  const names = layout?.startsWith("ambisonic")
    ? null
    : (channelNames(layout ?? "", channels) ?? channelNames(DEFAULTS[channels] ?? "", channels));
  if (names === null) return Array.from({ length: channels }, () => 1);
  const hasSides = names.some((name) => atTheSide.has(name));
  const isHigh = names.includes("BFC");
  return names.map((name) => {
    if (lowFrequency.has(name)) return 0;
    const isAtTheSide =
      atTheSide.has(name) || (back.has(name) && !hasSides) || (front.has(name) && isHigh);
    return isAtTheSide ? SURROUND : 1;
  });
}

function channelNames(layout: string, channels: number): string[] | null {
  const list = /^\d+ channels \((.*)\)$/.exec(layout)?.[1] ?? layout;
  // A channel may be given a name of its own: "FL@left".
  const names =
    LAYOUTS[layout]?.split(" ") ?? list.split("+").map((name) => name.replace(/@.*/, ""));
  return names.length === channels && names.every((name) => name !== "") ? names : null;
}
