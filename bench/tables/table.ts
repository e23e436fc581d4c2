import type { Spread } from "../spread";

/** A table, for the terminal and for Markdown alike. */
export interface Table {
  readonly title: string;
  /** What a reader must know to read it right; Markdown. */
  readonly about: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Has no place in the document. */
  readonly onlyPrinted?: true;
}

export const spreadText = ({ median, least, most, count }: Spread, digits: number): string =>
  count < 2
    ? median.toFixed(digits)
    : `${median.toFixed(digits)} (${least.toFixed(digits)} to ${most.toFixed(digits)})`;

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;

export function markdown(table: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = line(table.head.map(() => "---"));
  return [
    `### ${table.title}`,
    "",
    table.about,
    "",
    line(table.head),
    rule,
    ...table.rows.map(line),
  ].join("\n");
}

export function terminal(table: Table): string {
  const all = [table.head, ...table.rows];
  const widths = table.head.map((_, column) =>
    Math.max(...all.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [`\n${table.title}`, ...all.map(line)].join("\n");
}
