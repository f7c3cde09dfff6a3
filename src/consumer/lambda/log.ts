import { Logger } from '@aws-lambda-powertools/logger';
import type { Log } from '../../log.ts';

/** JSON lines for CloudWatch Logs. The level is `POWERTOOLS_LOG_LEVEL`, or INFO. */
export function createLambdaLog(source: string): Log {
  const logger = new Logger({ serviceName: source });
  return {
    debug: (message, fields = {}) => logger.debug(message, { ...fields }),
    info: (message, fields = {}) => logger.info(message, { ...fields }),
    warn: (message, fields = {}) => logger.warn(message, { ...fields }),
    error: (message, fields = {}) => logger.error(message, { ...fields }),
  };
}
