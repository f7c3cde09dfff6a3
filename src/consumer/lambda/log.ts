import { Logger } from '@aws-lambda-powertools/logger';
import { type Log, type LogFields, withoutNames } from '../../log.ts';

/** What a line has itself: the logger drops a field of such a name, and `hookport logs` one called `time`, as a worker's lines have it. */
const ownNames: ReadonlySet<string> = new Set(['level', 'message', 'sampling_rate', 'service', 'time', 'timestamp']);

/** JSON lines for CloudWatch Logs. The level is `POWERTOOLS_LOG_LEVEL`, or INFO. */
export function createLambdaLog(source: string): Log {
  const logger = new Logger({ serviceName: source });
  const named = (fields: LogFields | undefined) => ({ ...withoutNames(fields, ownNames) });
  return {
    debug: (message, fields) => logger.debug(message, named(fields)),
    info: (message, fields) => logger.info(message, named(fields)),
    warn: (message, fields) => logger.warn(message, named(fields)),
    error: (message, fields) => logger.error(message, named(fields)),
  };
}
