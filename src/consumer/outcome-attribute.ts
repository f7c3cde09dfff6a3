import type { Outcome, OutcomeKind } from '../delivery/outcome.ts';
import { outcomeAttribute } from '../delivery/wire.ts';
import type { MessageAttribute, MessageAttributes, ReceivedMessage } from '../queue/queue.ts';

/** Why a message rests in a dead-letter queue, as its attribute `HookportOutcome` says. */
export interface RestingOutcome {
  kind: OutcomeKind | 'unknown';
  /** `unknown` when SQS itself moved the message, or the attribute cannot be read. */
  reason: string;
  detail: string;
  attempts: number;
  /** When it was moved, epoch milliseconds; undefined when SQS itself moved it. */
  at: number | undefined;
}

/** Messages may be 4 KiB larger in a dead-letter queue than in its source queue; half of that is for the reason. */
const maxBytes = 2048;

/** The attribute that goes with a message into the dead-letter queue: JSON, at most 2 KiB. */
export function formatOutcome(
  outcome: Extract<Outcome, { kind: 'rejected' | 'failed' }>,
  { attempts, at }: { attempts: number; at: number },
): MessageAttributes {
  const { kind, reason } = outcome;
  // Some characters may not stand in an SQS attribute; JSON escapes all of them but these.
  let detail = outcome.detail.toWellFormed().replaceAll(/[\u007f\ufffe\uffff]/g, '\ufffd');
  const format = () => JSON.stringify({ kind, reason, detail, attempts, at });
  let stringValue = format();
  while (Buffer.byteLength(stringValue) > maxBytes) {
    detail = detail.slice(0, Math.floor(detail.length * 0.75)).toWellFormed();
    stringValue = format();
  }
  return { [outcomeAttribute]: { dataType: 'String', stringValue } };
}

/** Reads what {@link formatOutcome} wrote. Never throws: anyone who may write to the queue may have written it. */
export function parseOutcome(attributes: Readonly<Record<string, MessageAttribute>>): RestingOutcome {
  const text = attributes[outcomeAttribute]?.stringValue;
  const unknown: RestingOutcome = { kind: 'unknown', reason: 'unknown', detail: '', attempts: 0, at: undefined };
  if (text === undefined) return { ...unknown, detail: 'the queue itself moved it after its last receive' };
  try {
    const value = JSON.parse(text) as Partial<Record<keyof RestingOutcome, unknown>> | null;
    if (value === null || typeof value !== 'object') return unknown;
    return {
      kind: value.kind === 'rejected' || value.kind === 'failed' ? value.kind : 'unknown',
      reason: typeof value.reason === 'string' ? value.reason : 'unknown',
      detail: typeof value.detail === 'string' ? value.detail : '',
      attempts: typeof value.attempts === 'number' ? value.attempts : 0,
      at: typeof value.at === 'number' ? value.at : undefined,
    };
  } catch {
    return unknown;
  }
}

/**
 * Whether a message entered its dead-letter queue after a time. What the queue itself moved keeps its first SentTimestamp,
 * so this tells only of what was moved by a consumer.
 */
export function enteredAfter(
  { sentAt, attributes }: Pick<ReceivedMessage, 'sentAt' | 'attributes'>,
  time: number,
): boolean {
  return sentAt > time || (parseOutcome(attributes).at ?? 0) > time;
}
