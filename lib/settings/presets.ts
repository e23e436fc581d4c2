import { isOwnId } from "./own-presets";
import {
  defaultSettings,
  holdsAtOnce,
  type Settings,
  type SettingName,
  type SettingValue,
} from "./settings";

/**
 * Destinations and what they ask for. A preset fills in target and ceiling, and what else it names;
 * editing any of it turns the choice to `custom`. Services change their values without notice and
 * some never published one, so each preset names what was read and how far it can be trusted.
 */

export const presetGroups = [
  "everyday",
  "streaming",
  "podcast",
  "broadcast",
  "library",
  "club",
] as const;
export type PresetGroup = (typeof presetGroups)[number];

/**
 * `high`: published by the service or the standard itself, and read there. `medium`: read elsewhere.
 * `own`: nobody asks for it; a choice of ours.
 */
export type Confidence = "high" | "medium" | "own";

export interface Preset {
  readonly id: string;
  readonly name: string;
  readonly group: PresetGroup;
  /** LUFS. */
  readonly targetLoudness: number;
  /** dBTP. */
  readonly truePeakCeiling: number;
  /** What else it sets. */
  readonly also?: Partial<Omit<Settings, "preset" | "targetLoudness" | "truePeakCeiling">>;
  /** One sentence or two: what happens to a song there. */
  readonly about: string;
  /** What was read; null where nothing was found. */
  readonly source: { readonly name: string; readonly url: string } | null;
  readonly confidence: Confidence;
}

/** When the sources were last read. */
export const PRESETS_CHECKED = "2026-11";

export const CUSTOM_PRESET = "custom";

export const presets: readonly Preset[] = [
  {
    // The name of the first preset of 0.1.0, which had the same values, is kept.
    id: "streaming",
    name: "Phone, car, home",
    group: "everyday",
    targetLoudness: -14,
    truePeakCeiling: -1,
    about:
      "Loud enough for a phone and a car, with room for peaks; most streaming services play at about this level.",
    source: {
      name: "Spotify for Artists",
      url: "https://support.spotify.com/us/artists/article/loudness-normalization",
    },
    confidence: "own",
  },
  {
    id: "spotify",
    name: "Spotify",
    group: "streaming",
    targetLoudness: -14,
    truePeakCeiling: -1,
    about:
      "Turns louder songs down, and quieter ones up only as far as their peaks allow; Premium listeners may pick −11 or −19 instead.",
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
    id: "qobuz",
    name: "Qobuz",
    group: "streaming",
    targetLoudness: -14,
    truePeakCeiling: -1,
    about: "No level that Qobuz publishes was found; this is what most other services play at.",
    source: null,
    confidence: "own",
  },
  {
    id: "aes77",
    name: "AES77-2023",
    group: "streaming",
    targetLoudness: -16,
    truePeakCeiling: -1,
    about:
      "Recommended practice of the Audio Engineering Society for music on the internet: −16 LUFS a track; by album the loudest song at −14.",
    source: {
      name: "Versed, on the AES recommendation",
      url: "https://versed.com.au/aes-loudness-for-internet-audio",
    },
    confidence: "medium",
  },
  {
    id: "podcast-stereo",
    name: "Podcast, stereo",
    group: "podcast",
    targetLoudness: -16,
    truePeakCeiling: -1,
    about: "What Apple Podcasts asks for, give or take 1 LU.",
    source: {
      name: "hanna-eng, on Apple's audio requirements",
      url: "https://www.hanna-eng.com/guides/podcast-loudness/",
    },
    confidence: "medium",
  },
  {
    id: "podcast-mono",
    name: "Podcast, mono",
    group: "podcast",
    targetLoudness: -19,
    truePeakCeiling: -1,
    about: "A mono file at −19 LUFS sounds as loud as a stereo one at −16.",
    source: {
      name: "hanna-eng, on Apple's audio requirements",
      url: "https://www.hanna-eng.com/guides/podcast-loudness/",
    },
    confidence: "medium",
  },
  {
    id: "ebu-r128",
    name: "EBU R 128",
    group: "broadcast",
    targetLoudness: -23,
    truePeakCeiling: -1,
    // The page of version 4.0 (2020), which brought the tolerance, was read; that of 5.0 (2023) was not.
    also: { accuracyThreshold: 0.1 },
    about:
      "European radio and television. Quality control allows ±0.2 LU since version 4.0 (2020), so songs are brought within 0.1.",
    source: {
      name: "EBU, on version 4.0",
      url: "https://tech.ebu.ch/publications/r128?rec=1",
    },
    confidence: "medium",
  },
  {
    id: "atsc-a85",
    name: "ATSC A/85",
    group: "broadcast",
    targetLoudness: -24,
    truePeakCeiling: -2,
    about: "Television in the United States, give or take 2 dB; the standard measures dialogue.",
    source: { name: "OTTengine", url: "https://www.ottengine.com/tools/lufs-loudness-calculator" },
    confidence: "medium",
  },
  {
    id: "replaygain-18",
    name: "ReplayGain 18",
    group: "library",
    targetLoudness: -18,
    truePeakCeiling: -1,
    about: "The level of ReplayGain 2.0, for a music library and its players.",
    source: { name: "rsgain", url: "https://github.com/complexlogic/rsgain" },
    confidence: "medium",
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
  {
    id: "dj-stick",
    name: "DJ stick",
    group: "club",
    targetLoudness: -14,
    truePeakCeiling: -1,
    // Steps of 1.5 dB end within 0.75 LU of any target.
    also: {
      saveTo: "replace",
      keepOriginals: true,
      reencoding: "best-sound",
      accuracyThreshold: 0.75,
    },
    about:
      "Songs on a stick are replaced where they lie, so that playlists keep working, and their originals are kept. MP3, AAC, Vorbis and Opus are changed without encoding wherever 0.75 LU is near enough.",
    source: null,
    confidence: "own",
  },
];

/** Ids of earlier versions, by what took their place. */
const renamed: Readonly<Record<string, string>> = { "aes-td1008": "aes77" };

/** The preset of that id; undefined for `custom`, own presets and ids that a later version dropped. */
export const presetOf = (id: string): Preset | undefined =>
  presets.find((preset) => preset.id === (renamed[id] ?? id));

const filledInBy = ({ targetLoudness, truePeakCeiling, also }: Preset): Partial<Settings> => ({
  ...{ targetLoudness, truePeakCeiling },
  ...also,
});

/**
 * All that changes with one setting: a preset and what it fills in follow each other. `current`: the
 * settings until now, of which a preset that is left takes along what it alone had set; one of the
 * person's own, that originals are replaced.
 */
export function changeOf(
  name: SettingName,
  value: SettingValue,
  current?: Settings,
): Partial<Settings> {
  const before = current && presetOf(current.preset);
  if (name === "preset") {
    const chosen = presetOf(String(value));
    if (!chosen) return { preset: String(value) };
    const left = Object.entries(before?.also ?? {}).flatMap(([other, was]) =>
      current?.[other as SettingName] === was
        ? [[other, defaultSettings[other as SettingName]]]
        : [],
    );
    const { saveTo, keepOriginals } = defaultSettings;
    return {
      ...(Object.fromEntries(left) as Partial<Settings>),
      // One of the person's own held all settings; what is dangerous of them does not stay unseen.
      ...(current &&
        isOwnId(current.preset) &&
        current.saveTo === "replace" && { saveTo, keepOriginals }),
      ...filledInBy(chosen),
      preset: chosen.id,
    };
  }
  const ofOwn = current !== undefined && isOwnId(current.preset) && !holdsAtOnce(name);
  const filledIn =
    ofOwn ||
    name === "targetLoudness" ||
    name === "truePeakCeiling" ||
    name in (before?.also ?? {});
  return { [name]: value, ...(filledIn ? { preset: CUSTOM_PRESET } : {}) };
}
