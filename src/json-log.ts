import type { Log, LogFields } from './log.ts';

/**
 * A logger that writes one JSON object per line: `time`, `level`, `message` and the fields.
 *
 * @param write Takes a whole line. @default to stderr
 */
export function createJsonLog(write: (line: string) => void = (line) => void process.stderr.write(line)): Log {
  const at = (level: keyof Log) => (message: string, fields?: LogFields) =>
    write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`);
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
