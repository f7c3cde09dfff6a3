import { styleText } from 'node:util';
import { describeLine, type LogLevel, logLevels } from '../local/console-log.ts';
import type { KeptLine } from '../local/log-file.ts';
import { escapeControls } from '../terminal-text.ts';

const colours = { debug: 'dim', info: 'cyan', warn: 'yellow', error: 'red' } as const;

export interface Wanted {
  /** And what is worse. */
  level: LogLevel;
  /** Epoch milliseconds. */
  since: number | undefined;
  /** About it or one of its queues alone. @default any */
  source: { id: string; queues: readonly string[] } | undefined;
}

export function isWanted({ time, level, fields }: KeptLine, { level: least, since, source }: Wanted): boolean {
  if (logLevels.indexOf(level) < logLevels.indexOf(least)) return false;
  if (since !== undefined && Date.parse(time) < since) return false;
  if (!source) return true;
  return fields['source'] === source.id || source.queues.some((queue) => queue === fields['queue']);
}

/** The last so many. */
export function newest<T>(lines: readonly T[], number: number): readonly T[] {
  return lines.slice(Math.max(0, lines.length - number));
}

/** `time  level  source  message  name=value`; a stack below. What came from outside is escaped. */
export function describeKeptLine({ time, level, message, fields: { source, ...fields } }: KeptLine): string {
  const parts = [time, styleText(colours[level], level.padEnd(5)), escapeControls(String(source ?? '-'))];
  return [...parts, describeLine(message, fields)].join('  ');
}
