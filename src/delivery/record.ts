import type { QueryParameters } from '../signature/query.ts';
import type { Outcome } from './outcome.ts';

/** What one attempt at one delivery came to: for the journal, logs and metrics. Holds no secret and no signature. */
export interface DeliveryRecord {
  source: string;
  provider: string;
  /** The endpoint's request id: the same for every attempt at this delivery. Undefined if the message did not decode. */
  requestId: string | undefined;
  messageId: string;
  /** Undefined until the delivery was verified. */
  deliveryId: string | undefined;
  eventType: string | undefined;
  /** Epoch milliseconds at the endpoint; the queue's SentTimestamp if the message did not decode. */
  receivedAt: number;
  sourceIp: string | undefined;
  /** 1 at the first attempt. */
  attempt: number;
  outcome: Outcome;
  /** Whether this attempt moved the message to the dead-letter queue. */
  deadLettered: boolean;
  /**
   * It failed and was not to be tried again. Also where the message could not be moved to the dead-letter queue: the queue
   * itself then moves it, instead of handing it out once more.
   *
   * @default false
   */
  givenUp?: boolean;
  /** From taking the message in hand to its outcome. */
  durationMs: number;
  /** Epoch milliseconds. */
  finishedAt: number;
  /** Which version of the secret matched; undefined if none did. */
  secretVersion: string | undefined;
  /** The same body has already come under another id that the signature does not cover. @default false */
  suspectedReplay?: boolean;
  /** Kept headers without static credentials. */
  headers: Readonly<Record<string, string>>;
  /** Kept query parameters without static credentials, as the message holds them. @default none */
  query?: QueryParameters | undefined;
  /** The queue message's body. */
  body: string;
}
