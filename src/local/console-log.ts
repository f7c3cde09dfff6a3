import type { Log, LogFields } from '../log.ts';

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
    .map(([name, value]) => `${name}=${typeof value === 'string' ? quoted(value) : String(value)}`);
  const frames =
    typeof stack === 'string' ? stack.split('\n').map((each) => `\n    ${escapeControls(each.trim())}`) : [];
  return [escapeControls(message), ...pairs].join('  ') + frames.join('');
}

function quoted(value: string): string {
  return /^[\w./:@+-]+$/.test(value) ? value : escapeControls(JSON.stringify(value));
}

/** Makes text from outside harmless for a terminal, which would take escape sequences as commands. */
export function escapeControls(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
