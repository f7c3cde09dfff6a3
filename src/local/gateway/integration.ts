import { type Clock, monotonicClock } from '../../clock.ts';
import { HookportError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { RoutePlan } from '../../plan/plan.ts';
import type { EmbeddedQueue } from '../../queue/embedded/embedded-queue.ts';
import type { SendResult } from '../../queue/queue.ts';
import { type Answer, answers } from './answer.ts';
import type { MappableRequest } from './expression.ts';
import { compileMapping } from './mapping.ts';
import { refusalAnswer, sendMessageAnswer } from './sqs-answer.ts';

/** What the gateway needs of a queue. */
export type GatewayQueue = Pick<EmbeddedQueue, 'name' | 'sendBytes'>;

/** Maps one request to a message and sends it. Never rejects; answers 200 only for what the queue keeps. */
export type Integration = (request: MappableRequest, body: Buffer, arrivedAt: number) => Promise<Answer> | Answer;

/**
 * The route's `SQS-SendMessage` integration.
 *
 * @throws HookportError `internal` when the route's mapping cannot be executed
 */
export function createIntegration(
  route: RoutePlan,
  queue: GatewayQueue,
  { log, monotonic = monotonicClock }: { log: Log; monotonic?: Clock },
): Integration {
  const map = compileMapping(route.requestParameters);
  let quietUntil = -Infinity;
  const failed = (error: unknown): Answer => {
    const unavailable = error instanceof HookportError && error.code === 'queue_unavailable';
    // One line a second is enough: every request fails while the disk is full.
    const now = monotonic();
    if (now >= quietUntil) {
      quietUntil = now + 1000;
      log.error('a request could not be kept; its sender was told', {
        queue: queue.name,
        error: unavailable ? error.code : nameOf(error),
      });
    }
    return unavailable ? answers.unavailable : answers.internalError;
  };
  const answerTo = (sent: SendResult) => (sent.ok ? sendMessageAnswer(sent.messageId) : refusalAnswer(sent));
  return (request, body, arrivedAt) => {
    const attributes = map(request);
    if (!attributes) return answers.badRequest;
    if ('ok' in attributes) return refusalAnswer(attributes);
    try {
      return queue.sendBytes(body, attributes, arrivedAt).then(answerTo, failed);
    } catch (error) {
      return failed(error);
    }
  };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
