import { isUtf8 } from 'node:buffer';
import type { Clock } from '../../clock.ts';
import { HookportError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { RoutePlan } from '../../plan/plan.ts';
import { md5OfAttributes } from '../../queue/attributes-md5.ts';
import type { Queue } from '../../queue/queue.ts';
import { parseMessageAttributes } from '../message-attributes.ts';
import { type Answer, answers } from './answer.ts';
import { compileMapping, type MappableRequest } from './mapping.ts';
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
      tools.log.error('gateway.send_failed', { queue: queue.name, error: unavailable ? error.code : nameOf(error) });
    }
    return unavailable ? answers.unavailable : answers.internalError;
  };
  return async (request, bytes) => {
    if (!isUtf8(bytes)) return notText;
    const mapped = map({ ...request, body: bytes.toString('utf8') });
    const attributes = mapped && parseMessageAttributes(mapped.messageAttributes);
    if (!attributes) return answers.badRequest;
    try {
      const sent = await queue.send({ body: mapped.messageBody, attributes });
      if (!sent.ok) return refusalAnswer(sent);
      return sendMessageAnswer({ ...sent, md5OfAttributes: md5OfAttributes(attributes) });
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
