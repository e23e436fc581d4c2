/** How interleaved samples are to be read. */
export interface PcmFormat {
  /** Hz, a whole number from 4000 to 768000. */
  readonly sampleRate: number;
  /** 1 to 64. */
  readonly channels: number;
  /** BS.1770-5 Table 3, one per channel: 1, 1.41 for surrounds, 0 for LFE. */
  readonly weights: readonly number[];
  /** A mono programme that will be heard from two loudspeakers: 3.01 LU louder. */
  readonly dualMono?: boolean;
}

const SURROUND = 1.41;

/** BS.1770-5 Table 4 by ffmpeg's channel names; a name that is not here weighs 1. */
const WEIGHTS: Readonly<Record<string, number>> = {
  LFE: 0,
  LFE2: 0,
  // Between 60° and 120° to the side, at most 30° high.
  BL: SURROUND,
  BR: SURROUND,
  SL: SURROUND,
  SR: SURROUND,
  WL: SURROUND,
  WR: SURROUND,
};

/** ffmpeg's layout names (libavutil/channel_layout.c) and the order of their channels. */
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
  "7.1(top)": "FL FR FC LFE BL BR TFL TFR",
  octagonal: "FL FR FC BL BR BC SL SR",
  cube: "FL FR BL BR TFL TFR TBL TBR",
  hexadecagonal: "FL FR FC BL BR BC SL SR WL WR TBL TBR TBC TFC TFL TFR",
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
};

/**
 * Channel weights from an ffmpeg layout: a name ("5.1(side)") or a list of channels
 * ("FL+FR+LFE"). Without a layout, or when it does not fit the number of channels, ffmpeg's
 * default for that number counts; beyond that every channel weighs 1.
 */
export function channelWeights(layout: string | null, channels: number): number[] {
  const names =
    channelNames(layout ?? "", channels) ?? channelNames(DEFAULTS[channels] ?? "", channels);
  if (names === null) return Array.from({ length: channels }, () => 1);
  return names.map((name) => WEIGHTS[name] ?? 1);
}

function channelNames(layout: string, channels: number): string[] | null {
  const names = LAYOUTS[layout]?.split(" ") ?? layout.split("+");
  return names.length === channels && names.every((name) => name !== "") ? names : null;
}

/** Throws a `RangeError` for a format that the kernel cannot take. */
export function checkFormat({ sampleRate, channels, weights, dualMono }: PcmFormat): void {
  if (!Number.isInteger(sampleRate) || sampleRate < 4000 || sampleRate > 768_000) {
    throw new RangeError(`Sample rate ${sampleRate} Hz is not a whole number in 4000…768000`);
  }
  if (!Number.isInteger(channels) || channels < 1 || channels > 64) {
    throw new RangeError(`${channels} channels; 1 to 64 are possible`);
  }
  if (weights.length !== channels || !weights.every((weight) => weight >= 0 && weight < 100)) {
    throw new RangeError(
      `${channels} channels need as many weights from 0, got [${weights.join(", ")}]`,
    );
  }
  if (dualMono === true && channels !== 1) throw new RangeError("Dual mono has one channel");
}
