import type { Log, LogFields } from '../log.ts';

type Level = keyof Log;

/** A log line on its way from one thread to another. */
export interface LogLine {
  level: Level;
  message: string;
  fields?: LogFields | undefined;
}

/** A log that hands each line to `send`. */
export function logTo(send: (line: LogLine) => void): Log {
  const at = (level: Level) => (message: string, fields?: LogFields) => send({ level, message, fields });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
