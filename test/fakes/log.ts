import type { Log, LogFields } from '../../src/log.ts';

export interface LogLine {
  level: keyof Log;
  message: string;
  fields: LogFields;
}

/** A logger that keeps its lines. */
export function createLogFake(): Log & { lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at =
    (level: keyof Log) =>
    (message: string, fields: LogFields = {}) =>
      void lines.push({ level, message, fields });
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
