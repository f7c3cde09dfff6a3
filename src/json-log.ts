import { inspect } from 'node:util';
import { type Log, type LogFields, withoutNames } from './log.ts';
import { toJsonText } from './terminal-text.ts';

/**
 * A logger that writes one JSON object per line: `time`, `level`, `message` and the fields, of which one that is called as one of
 * these three gets an underscore. Never throws for what a field holds: handlers are not all type-checked.
 *
 * @param write Takes a whole line. @default to stderr
 */
export function createJsonLog(write: (line: string) => void = (line) => void process.stderr.write(line)): Log {
  const at = (level: keyof Log) => (message: string, fields?: LogFields) => {
    const own = { time: new Date().toISOString(), level, message };
    write(`${toJson({ ...own, ...withoutNames(fields, ownNames) })}\n`);
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

const ownNames: ReadonlySet<string> = new Set(['time', 'level', 'message']);

function toJson(line: object): string {
  try {
    return toJsonText(line);
  } catch {
    const plain = Object.entries(line).map(([name, value]: [string, unknown]) => [name, toPlain(value)]);
    return toJsonText(Object.fromEntries(plain));
  }
}

function toPlain(value: unknown): unknown {
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return isPlain || value === null || value === undefined ? value : inspect(value, { depth: 1 });
}
