import { isUtf8 } from 'node:buffer';
import type { Clock } from '../../clock.ts';
import { HookportError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { RoutePlan } from '../../plan/plan.ts';
import type { Queue } from '../../queue/queue.ts';
import { type Answer, answers } from './answer.ts';
import type { MappableRequest } from './expression.ts';
import { compileMapping } from './mapping.ts';
import { refusalAnswer, sendMessageAnswer } from './sqs-answer.ts';

/** Maps one request to a message and sends it. Never rejects; answers 200 only for what the queue keeps. */
export type Integration = (request: Omit<MappableRequest, 'body'>, body: Buffer) => Promise<Answer>;

/**
 * The route's `SQS-SendMessage` integration.
 *
 * @throws HookportError `internal` when the route's mapping cannot be executed
 */
export function createIntegration(route: RoutePlan, queue: Queue, tools: { clock: Clock; log: Log }): Integration {
  const map = compileMapping(route.requestParameters);
  let quietUntil = 0;
  const failed = (error: unknown): Answer => {
    const unavailable = error instanceof HookportError && error.code === 'queue_unavailable';
    // One line a second is enough: every request fails while the disk is full.
    if (tools.clock() >= quietUntil) {
      quietUntil = tools.clock() + 1000;
      tools.log.error('a request could not be kept; its sender was told', {
        queue: queue.name,
        error: unavailable ? error.code : nameOf(error),
      });
    }
    return unavailable ? answers.unavailable : answers.internalError;
  };
  return async (request, bytes) => {
    if (!isUtf8(bytes)) return notText;
    const message = map({ ...request, body: bytes.toString('utf8') });
    if (!message) return answers.badRequest;
    try {
      const sent = await queue.send(message);
      return sent.ok ? sendMessageAnswer(sent) : refusalAnswer(sent);
    } catch (error) {
      return failed(error);
    }
  };
}

/** A message body is text; what API Gateway makes of other bytes is not known. */
const notText = refusalAnswer({
  ok: false,
  code: 'InvalidMessageContents',
  message: 'Message body is not valid UTF-8.',
});

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
