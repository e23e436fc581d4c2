"use client";

import type { CloseUp } from "@/lib/session/listening";
import type { Span } from "@/lib/loudness/spans";
import { strings } from "../strings";
import { length, level } from "../ui/numbers";

const t = strings.detail;
const ROWS = 12;
const CELL = "py-px pe-5 text-start font-normal";
const PER_SECOND = 10;

const meets = (spans: readonly Span[], from: number, to: number) =>
  spans.some((span) => span.from < to && span.to > from);

/** The picture as a table: the loudest value of each twelfth of the song, and what is marked there. */
export function CurveNumbers({ closeUp, duration }: { closeUp: CloseUp; duration: number }) {
  const { before, after, gated, over } = closeUp;
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const [from, to] = [(row * duration) / ROWS, ((row + 1) * duration) / ROWS];
    const loudest = (curve: Float32Array) => {
      const part = curve.subarray(Math.floor(from * PER_SECOND), Math.ceil(to * PER_SECOND));
      return part.length === 0 ? null : Math.max(...part);
    };
    const remarks = [
      meets(over, from, to) ? t.peaksOver : null,
      gated.some((span) => span.from <= from && span.to >= to) ? t.countsNot : null,
    ].filter((remark) => remark !== null);
    return { from, before: loudest(before), after: after && loudest(after), remarks };
  });
  return (
    <details>
      <summary className="text-muted min-h-6 w-fit py-0.5 text-xs">{t.numbers}</summary>
      <table className="text-[0.8125rem]" aria-label={t.numbersOf}>
        <thead className="text-muted text-xs">
          <tr>
            <th scope="col" className={CELL}>
              {t.moment}
            </th>
            <th scope="col" className={CELL}>
              {t.before} <span className="unit">LUFS</span>
            </th>
            {after !== null && (
              <th scope="col" className={CELL}>
                {t.after} <span className="unit">LUFS</span>
              </th>
            )}
            <th scope="col" className={CELL}>
              {t.remarks}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.from}>
              <th scope="row" className={CELL}>
                {length(Math.floor(row.from))}
              </th>
              <td className={CELL}>{level(row.before)}</td>
              {after !== null && <td className={CELL}>{level(row.after)}</td>}
              <td className={CELL}>{row.remarks.join(", ")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
