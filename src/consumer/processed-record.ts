import type { Processed } from '../delivery/pipeline.ts';
import type { DeliveryRecord } from '../delivery/record.ts';
import type { SourcePlan } from '../plan/plan.ts';
import type { ReceivedMessage } from '../queue/queue.ts';

/** What a host writes down about one attempt, for the journal, logs and metrics. */
export function toRecord(
  source: Pick<SourcePlan, 'id' | 'provider'>,
  message: ReceivedMessage,
  { outcome, request, delivery, secretVersion }: Processed,
  times: { startedAt: number; finishedAt: number; deadLettered: boolean; givenUp?: boolean },
): DeliveryRecord {
  return {
    source: source.id,
    provider: source.provider,
    requestId: request?.requestId,
    messageId: message.messageId,
    deliveryId: delivery?.id,
    eventType: delivery?.eventType,
    receivedAt: request?.receivedAt ?? message.sentAt,
    sourceIp: request?.sourceIp,
    attempt: message.receiveCount,
    outcome,
    deadLettered: times.deadLettered,
    ...(times.givenUp === true && { givenUp: true }),
    durationMs: Math.max(0, times.finishedAt - times.startedAt),
    finishedAt: times.finishedAt,
    secretVersion,
    ...(delivery?.suspectedReplay === true && { suspectedReplay: true }),
    headers: request?.headers ?? {},
    ...(request?.query && { query: request.query }),
    body: message.body,
  };
}
