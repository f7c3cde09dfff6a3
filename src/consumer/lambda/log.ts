import { Logger } from '@aws-lambda-powertools/logger';
import type { DeliveryRecord } from '../../delivery/record.ts';
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

/** One line for each attempt: what came of it, without headers and body. */
export function logRecord(log: Log, record: DeliveryRecord): void {
  const { outcome } = record;
  const unwell = outcome.kind === 'failed' || outcome.kind === 'rejected';
  log[unwell ? 'warn' : 'info']('delivery', {
    outcome: outcome.kind,
    ...(unwell && { reason: outcome.reason, detail: outcome.detail }),
    deliveryId: record.deliveryId,
    eventType: record.eventType,
    requestId: record.requestId,
    messageId: record.messageId,
    attempt: record.attempt,
    deadLettered: record.deadLettered,
    durationMs: record.durationMs,
    secretVersion: record.secretVersion,
  });
}
