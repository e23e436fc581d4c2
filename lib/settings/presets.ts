import type { Settings, SettingName, SettingValue } from "./settings";

/**
 * Destinations and what they ask for. A preset fills target and ceiling and nothing else; editing
 * either turns the choice to `custom`. Services change their values without notice and some never
 * published one, so each preset names its source and how far it can be trusted.
 */

export const presetGroups = ["streaming", "podcast", "broadcast", "library", "club"] as const;
export type PresetGroup = (typeof presetGroups)[number];

/**
 * `high`: published by the service or a standard. `medium`: measured or reported by several
 * independent sources, not published.
 */
export type Confidence = "high" | "medium";

export interface Preset {
  readonly id: string;
  readonly name: string;
  readonly group: PresetGroup;
  /** LUFS. */
  readonly targetLoudness: number;
  /** dBTP. */
  readonly truePeakCeiling: number;
  /** One sentence: what happens to a song there. */
  readonly about: string;
  readonly source: { readonly name: string; readonly url: string };
  readonly confidence: Confidence;
}

/** When the sources were last read. */
export const PRESETS_CHECKED = "2026-11";

export const CUSTOM_PRESET = "custom";

export const presets: readonly Preset[] = [
  {
    id: "streaming",
    name: "Streaming",
    group: "streaming",
    targetLoudness: -14,
    truePeakCeiling: -1,
    about: "The level that most streaming services play at; a safe choice for any collection.",
    source: {
      name: "Spotify for Artists",
      url: "https://support.spotify.com/us/artists/article/loudness-normalization",
    },
    confidence: "high",
  },
  {
    id: "spotify",
    name: "Spotify",
    group: "streaming",
    targetLoudness: -14,
    truePeakCeiling: -1,
    about:
      "Turns louder songs down, and quieter ones up only as far as their peaks allow; listeners may pick −11 or −19 instead.",
    source: {
      name: "Spotify for Artists",
      url: "https://support.spotify.com/us/artists/article/loudness-normalization",
    },
    confidence: "high",
  },
  {
    id: "apple-music",
    name: "Apple Music",
    group: "streaming",
    targetLoudness: -16,
    truePeakCeiling: -1,
    about: "Sound Check plays at about −16 LUFS and is on by default on new installs.",
    source: {
      name: "Production Expert",
      url: "https://www.production-expert.com/production-expert-1/apple-choose-16lufs-loudness-level-for-apple-music-heres-why",
    },
    confidence: "medium",
  },
  {
    id: "youtube",
    name: "YouTube",
    group: "streaming",
    targetLoudness: -14,
    truePeakCeiling: -1,
    about:
      "Turns louder songs down and leaves quieter ones as they are; never published officially.",
    source: {
      name: "hanna-eng",
      url: "https://www.hanna-eng.com/guides/podcast-loudness/",
    },
    confidence: "medium",
  },
  {
    id: "tidal",
    name: "TIDAL",
    group: "streaming",
    targetLoudness: -14,
    truePeakCeiling: -1,
    about: "Turns louder songs down and never raises quiet ones.",
    source: {
      name: "MeterPlugs",
      url: "https://meterplugs.com/blog/2016/10/07/tidal-adds-loudness-normalization.html",
    },
    confidence: "medium",
  },
  {
    id: "amazon-music",
    name: "Amazon Music",
    group: "streaming",
    targetLoudness: -14,
    truePeakCeiling: -2,
    about: "Plays at about −14 LUFS and asks for peaks of −2 dBTP or lower.",
    source: { name: "APU Software", url: "https://apu.software/amazon-music-loudness" },
    confidence: "medium",
  },
  {
    id: "deezer",
    name: "Deezer",
    group: "streaming",
    targetLoudness: -15,
    truePeakCeiling: -1,
    about: "Plays at about −15 LUFS.",
    source: { name: "andres.audio", url: "https://andres.audio/tools/loudness-targets" },
    confidence: "medium",
  },
  {
    id: "aes-td1008",
    name: "AES TD1008",
    group: "streaming",
    targetLoudness: -16,
    truePeakCeiling: -1,
    about: "The neutral recommendation of the Audio Engineering Society for music on the internet.",
    source: {
      name: "Radio World",
      url: "https://www.radioworld.com/tech-and-gear/tech-tips/streaming-audio-loudness-guidelines-explained",
    },
    confidence: "high",
  },
  {
    id: "podcast-stereo",
    name: "Podcast, stereo",
    group: "podcast",
    targetLoudness: -16,
    truePeakCeiling: -1,
    about: "What Apple Podcasts asks for, give or take 1 LU.",
    source: {
      name: "hanna-eng",
      url: "https://www.hanna-eng.com/guides/podcast-loudness/",
    },
    confidence: "high",
  },
  {
    id: "podcast-mono",
    name: "Podcast, mono",
    group: "podcast",
    targetLoudness: -19,
    truePeakCeiling: -1,
    about: "A mono file at −19 LUFS sounds as loud as a stereo one at −16.",
    source: {
      name: "APU Software",
      url: "https://apu.software/podcast-loudness-target-mono",
    },
    confidence: "high",
  },
  {
    id: "ebu-r128",
    name: "EBU R 128",
    group: "broadcast",
    targetLoudness: -23,
    truePeakCeiling: -1,
    about: "European radio and television, which accept programmes within 0.5 to 1 LU of it.",
    source: { name: "EBU R 128", url: "https://tech.ebu.ch/publications/r128" },
    confidence: "high",
  },
  {
    id: "atsc-a85",
    name: "ATSC A/85",
    group: "broadcast",
    targetLoudness: -24,
    truePeakCeiling: -2,
    about: "Television in the United States, give or take 2 dB; the standard measures dialogue.",
    source: { name: "OTTengine", url: "https://www.ottengine.com/tools/lufs-loudness-calculator" },
    confidence: "high",
  },
  {
    id: "replaygain-18",
    name: "ReplayGain 18",
    group: "library",
    targetLoudness: -18,
    truePeakCeiling: -1,
    about: "The level of ReplayGain 2.0, for a music library and its players.",
    source: { name: "rsgain", url: "https://github.com/complexlogic/rsgain" },
    confidence: "high",
  },
  {
    id: "dj-club",
    name: "DJ / club",
    group: "club",
    targetLoudness: -9,
    truePeakCeiling: -1,
    about: "Loud, for dance floors; most songs need their peaks limited to get there.",
    source: {
      name: "Signum Audio",
      url: "https://www.signumaudio.com/new-club-preset-developed-by-sae-glasgow",
    },
    confidence: "medium",
  },
];

/** The preset of that id; undefined for `custom` and for ids that a later version dropped. */
export const presetOf = (id: string): Preset | undefined =>
  presets.find((preset) => preset.id === id);

/** All that changes with one setting: a preset and what it fills in follow each other. */
export function changeOf(name: SettingName, value: SettingValue): Partial<Settings> {
  const chosen = name === "preset" ? presetOf(String(value)) : undefined;
  if (chosen !== undefined) {
    const { id, targetLoudness, truePeakCeiling } = chosen;
    return { preset: id, targetLoudness, truePeakCeiling };
  }
  const filledIn = name === "targetLoudness" || name === "truePeakCeiling";
  return { [name]: value, ...(filledIn ? { preset: CUSTOM_PRESET } : {}) };
}
