import { toJsonText } from '../terminal-text.ts';
import { cellsOf, cutTo } from './cells.ts';

const gap = '  ';
/** Wider than any line. */
const unlimited = Number.MAX_SAFE_INTEGER;
/** A column is not made narrower than this: less of it says nothing. */
const narrowest = 6;
/** An id has the length of a UUID at most, mostly. */
const longestId = 36;

/**
 * Lines of aligned columns, the last one ragged. On a terminal no line is wider than it: the widest columns are cut, with
 * an ellipsis; elsewhere nothing is. `--json` has the whole text.
 *
 * @param options.columns What a line may take, in terminal cells. @default the terminal's width, without limit elsewhere
 * @param options.whole The number of the column that is never cut, such as the one of ids that are typed into the next
 *   command; a line is longer than the terminal where that takes it. What is longer than an id mostly is takes no room from
 *   the other columns: an id may come from whoever posts. @default none
 */
export function table(
  rows: readonly (readonly string[])[],
  indent = '',
  { columns = terminalColumns(), whole }: { columns?: number; whole?: number } = {},
): string {
  const natural: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries()) natural[index] = Math.max(natural[index] ?? 0, cellsOf(cell));
  const widths = fitted(natural, columns - indent.length - gap.length * Math.max(natural.length - 1, 0), whole);
  return rows
    .map((row) => {
      const cells = row.map((cell, index) => {
        const cut = index === whole ? cell : cutTo(widths[index] ?? 0, cell);
        return index === row.length - 1 ? cut : cut + ' '.repeat(Math.max((widths[index] ?? 0) - cellsOf(cut), 0));
      });
      const untilWhole = indent + cells.slice(0, whole === undefined ? 0 : whole + 1).join(gap);
      return cutTo(Math.max(columns, cellsOf(untilWhole)), `${indent}${cells.join(gap)}`.trimEnd());
    })
    .join('\n');
}

/** Names and values, one a line. The values are what a person asked for, so none is cut. */
export function facts(rows: readonly (readonly string[])[], indent = ''): string {
  return table(rows, indent, { columns: unlimited });
}

/** How wide the terminal is that stdout writes to; without limit where it is a file or a pipe. */
function terminalColumns(): number {
  return process.stdout.isTTY ? process.stdout.columns || 80 : unlimited;
}

/** Takes from the widest columns, one cell at a time, until all fit or none can give more. */
function fitted(natural: readonly number[], room: number, whole?: number): number[] {
  const widths = [...natural];
  const excessOf = () => widths.reduce((sum, each) => sum + each, 0) - room;
  if (whole !== undefined && excessOf() > 0) widths[whole] = Math.min(widths[whole] ?? 0, longestId);
  for (let excess = excessOf(); excess > 0; excess--) {
    const cuttable = widths.map((width, index) => (index === whole ? 0 : width));
    const widest = Math.max(...cuttable);
    if (widest <= narrowest) break;
    widths[cuttable.lastIndexOf(widest)] = widest - 1;
  }
  return widths;
}

/** Prints a value as JSON, for programs. */
export function printJson(value: unknown): void {
  console.log(toJsonText(value, 2));
}
