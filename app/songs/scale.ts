/**
 * The loudness axis that the picture and every row share, so that a song's dot stands under its
 * bar. Fixed rather than fitted: the eye learns it once.
 */
export const SCALE = { lowest: -30, highest: -4 } as const;

/** Where a loudness stands on the axis, 0…1, held inside it. */
export function onScale(lufs: number): number {
  const share = (lufs - SCALE.lowest) / (SCALE.highest - SCALE.lowest);
  return Math.min(1, Math.max(0, share));
}

export const shareToPercent = (share: number): string => `${(share * 100).toFixed(2)}%`;
