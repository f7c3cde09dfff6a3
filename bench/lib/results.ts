import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from './machine.ts';
import type { Measurement } from './part.ts';

/** What one run of one part gave: `<folder>/<part>.json`. */
export interface Result {
  part: string;
  /** ISO 8601. */
  measuredAt: string;
  machine: Machine;
  /** Of the programs and packages that took part. */
  versions: Readonly<Record<string, string>>;
  rounds: number;
  measurements: readonly Measurement[];
}

export function writeResult(folder: string, result: Result): void {
  mkdirSync(folder, { recursive: true });
  const { measurements, ...head } = result;
  // A measurement per line: small to keep, and readable in a diff.
  const lines = measurements.map((each) => `    ${JSON.stringify(rounded(each))}`).join(',\n');
  const text = `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "measurements": [\n${lines}\n  ]\n}\n`;
  writeFileSync(join(folder, `${result.part}.json`), text);
}

/** Undefined when that part was never run. */
export function readResult(folder: string, part: string): Result | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, `${part}.json`), 'utf8')) as Result;
  } catch {
    return undefined;
  }
}

function rounded({ values, ...each }: Measurement): Measurement {
  const short = Object.entries(values).map(([metric, value]) => [metric, Number(value.toPrecision(5))]);
  return { ...each, values: Object.fromEntries(short) as Record<string, number> };
}
