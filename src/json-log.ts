import { inspect } from 'node:util';
import type { Log, LogFields } from './log.ts';

/**
 * A logger that writes one JSON object per line: `time`, `level`, `message` and the fields, none of which takes the place of
 * these three. Never throws for what a field holds: handlers are not all type-checked.
 *
 * @param write Takes a whole line. @default to stderr
 */
export function createJsonLog(write: (line: string) => void = (line) => void process.stderr.write(line)): Log {
  const at = (level: keyof Log) => (message: string, fields?: LogFields) => {
    const own = { time: new Date().toISOString(), level, message };
    write(`${toJson({ ...own, ...fields, ...own })}\n`);
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function toJson(line: object): string {
  try {
    return JSON.stringify(line);
  } catch {
    const plain = Object.entries(line).map(([name, value]: [string, unknown]) => [name, toPlain(value)]);
    return JSON.stringify(Object.fromEntries(plain));
  }
}

function toPlain(value: unknown): unknown {
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return isPlain || value === null || value === undefined ? value : inspect(value, { depth: 1 });
}
