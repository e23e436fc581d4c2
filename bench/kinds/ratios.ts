/** A kind's time over its floor: of a scan, and of leveling with verification. */
export interface KindRatios {
  /** As the table names it. */
  readonly kind: string;
  readonly scan: number;
  readonly level: number;
}

/** The rows `| MP3 | 1.52 | 1.20 |` of the document. */
export const readRatios = (document: string): KindRatios[] =>
  [...document.matchAll(/^\| ([A-Z0-9]+) +\| ([\d.]+) +\| ([\d.]+) +\|$/gm)].map(
    ([, kind = "", scan, level]) => ({ kind, scan: Number(scan), level: Number(level) }),
  );

/** More than this share of what was noted is told. */
const TOLD = 0.1;

/** What changed against the noted ratios, in words; nothing where they are nearly the same. */
export function changeText(found: KindRatios, noted: readonly KindRatios[]): string {
  const before = noted.find(({ kind }) => kind === found.kind);
  if (!before) return ", not noted";
  const changes = (["scan", "level"] as const).flatMap((what) => {
    const change = found[what] / before[what] - 1;
    if (Math.abs(change) <= TOLD) return [];
    const percent = Math.abs(change * 100).toFixed(0);
    const way = change > 0 ? "slower" : "faster";
    return [`${what} ${percent} % ${way} than the ${before[what].toFixed(2)} noted`];
  });
  return changes.length === 0 ? "" : `: ${changes.join(", ")}`;
}
