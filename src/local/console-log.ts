import type { Log, LogFields } from '../log.ts';
import { escapeControls } from '../terminal-text.ts';

export type LogLevel = keyof Log;

/** From the least to the worst. */
export const logLevels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

export interface ConsoleLogOptions {
  /** Lines below it are left out. @default 'info' */
  level?: LogLevel;
  /** Takes one line without its line feed. */
  write: (line: string) => void;
  /** Wraps the level in colours. @default as it is */
  paint?: (level: LogLevel) => string;
}

/** A logger for people: `warn  message  name=value`. Control characters of whoever sent the values are escaped. */
export function createConsoleLog({ level = 'info', write, paint = (each) => each }: ConsoleLogOptions): Log {
  const least = logLevels.indexOf(level);
  const at =
    (each: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      if (logLevels.indexOf(each) < least) return;
      write(`${paint(each)}  ${describeLine(message, fields)}`);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** What a line says, in one line; a `stack` stands below it, indented. */
export function describeLine(message: string, { stack, ...fields }: LogFields): string {
  const pairs = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(
      ([name, value]) =>
        `${escapeControls(name)}=${typeof value === 'string' ? quoted(value) : escapeControls(String(value))}`,
    );
  const frames =
    typeof stack === 'string' ? stack.split('\n').map((each) => `\n    ${escapeControls(each.trim())}`) : [];
  return [escapeControls(message), ...pairs].join('  ') + frames.join('');
}

function quoted(value: string): string {
  return /^[\w./:@+-]+$/.test(value) ? value : escapeControls(JSON.stringify(value));
}
