import { r128Reference, replayGainReference } from "@/lib/loudness/references";
import { decibelsToAmplitude } from "@/lib/loudness/units";
import type { LoudnessTags, NamedText } from "./types";

/**
 * Names of key/value tags that tell a player how much to turn the song up or down, or that hold
 * what is needed to undo such a change. They are wrong once the audio has another loudness.
 * Compared without regard to case, as Vorbis comments and APE keys are.
 */
export const isLoudnessName = (name: string): boolean =>
  /^(replaygain_|r128_|mp3gain_)/i.test(name) || /^(itunnorm|levelup_undo)$/i.test(name);

/** A record by which a gain in the coded audio is undone. */
export const isUndoName = (name: string): boolean => /^mp3gain_/i.test(name);

/**
 * What new values of the same sound take the place of: no record that undoes a gain, no iTunNORM,
 * whose value is still of this sound, and album values only where new ones are written.
 */
export const isReplacedName = (name: string, withAlbum: boolean): boolean =>
  /^((replaygain|r128)_track_|replaygain_(algorithm|reference_loudness)$)/i.test(name) ||
  (withAlbum && /^(replaygain|r128)_album_/i.test(name));

/** Gapless figures of the old encode, as iTunes writes them. */
export const isGaplessName = (name: string): boolean => /^itunsmpb$/i.test(name);

const signedGain = (gain: number): string => `${gain.toFixed(2)} dB`;

/** Silence has no gain; then nothing is written. */
export function replayGainTags(loudness: LoudnessTags): NamedText[] {
  const tags: NamedText[] = [];
  for (const scope of ["track", "album"] as const) {
    const values = loudness[scope];
    if (values === undefined || !Number.isFinite(values.integrated)) continue;
    const name = `REPLAYGAIN_${scope.toUpperCase()}`;
    tags.push([`${name}_GAIN`, signedGain(replayGainReference - values.integrated)]);
    tags.push([`${name}_PEAK`, decibelsToAmplitude(values.truePeak).toFixed(6)]);
  }
  return tags;
}

/** Q7.8 in a decimal string, limited to 16 bits (RFC 7845 §5.2.1). */
export function r128Tags(loudness: LoudnessTags): NamedText[] {
  const tags: NamedText[] = [];
  for (const scope of ["track", "album"] as const) {
    const values = loudness[scope];
    if (values === undefined || !Number.isFinite(values.integrated)) continue;
    const gain = Math.round((r128Reference - values.integrated) * 256);
    const limited = Math.max(-32768, Math.min(32767, gain));
    tags.push([`R128_${scope.toUpperCase()}_GAIN`, String(limited)]);
  }
  return tags;
}
