import { credentialsOf } from '../catalogue/credentials-of.ts';
import { identify } from '../catalogue/identify.ts';
import type { Provider } from '../catalogue/provider.ts';
import { shownHeaders, shownQuery } from '../delivery/shown-request.ts';
import { decodeMessage } from '../delivery/wire.ts';
import type { MessageAttributes } from '../queue/queue.ts';
import { parseOutcome, type RestingOutcome } from './outcome-attribute.ts';

/** One message of a dead-letter queue, for people and programs. Times are ISO 8601; null stands for what is not known. */
export interface DeadLetter {
  messageId: string;
  /** The endpoint's request id. */
  requestId: string | null;
  /** What the request claims; verified only if the outcome is `failed`. */
  deliveryId: string | null;
  /** What the request claims, as above. */
  eventType: string | null;
  /** At the endpoint. */
  receivedAt: string | null;
  /** In the dead-letter queue; when it came into its queue, where nobody wrote down when it was moved. */
  restingSince: string;
  kind: RestingOutcome['kind'];
  reason: string;
  detail: string;
  attempts: number | null;
}

/** A dead letter with what it holds, but for static credentials. */
export interface DeadLetterContent extends DeadLetter {
  sourceIp: string | null;
  headers: Readonly<Record<string, string>>;
  /** As the message holds them. */
  query: Readonly<Record<string, string>>;
  body: string;
}

interface Resting {
  messageId: string;
  body: string;
  attributes: MessageAttributes;
  sentAt: number;
  /** When it came into the dead-letter queue, where the queue tells. */
  enteredAt?: number;
}

/**
 * Tells what a message in a dead-letter queue is and why it rests there. Never throws: anyone who may write to the queue
 * may have written it.
 *
 * @param verify Which of the provider's schemes the source verifies with. @default the first
 */
export function describeDeadLetter(message: Resting, provider: Provider, verify?: string): DeadLetterContent {
  const { messageId, body, attributes, sentAt, enteredAt } = message;
  const outcome = parseOutcome(attributes);
  const decoded = decodeMessage(message, sentAt, provider);
  const request = decoded.ok ? decoded.request : undefined;
  const identity = request && identify(provider, request, verify);
  const credentials = credentialsOf(provider);
  return {
    messageId,
    requestId: request?.requestId ?? null,
    deliveryId: identity?.deliveryId ?? null,
    eventType: identity?.eventType ?? null,
    receivedAt: request ? isoTime(request.receivedAt) : null,
    restingSince: isoTime(outcome.at ?? enteredAt ?? sentAt) ?? new Date(sentAt).toISOString(),
    kind: outcome.kind,
    reason: outcome.reason,
    detail: outcome.detail,
    attempts: outcome.attempts > 0 ? outcome.attempts : null,
    sourceIp: request?.sourceIp ?? null,
    headers: request ? shownHeaders(credentials, request.headers) : {},
    query: request?.query ? shownQuery(credentials, request.query) : {},
    body,
  };
}

/** Whether a person who writes this id means this message. */
export function isCalled({ messageId, requestId, deliveryId }: DeadLetter, id: string): boolean {
  return [messageId, requestId, deliveryId].includes(id);
}

/** A dead letter as a list shows it. */
export function withoutContent({
  sourceIp: _ip,
  headers: _headers,
  query: _query,
  body: _body,
  ...rest
}: DeadLetterContent): DeadLetter {
  return rest;
}

/** A message may claim any number for a time. */
function isoTime(epochMs: number): string | null {
  const time = new Date(epochMs);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}
