import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../clock.ts';
import { type Answer, answers } from './answer.ts';
import type { ByteBudget } from './byte-budget.ts';
import { RequestContext } from './context.ts';
import type { Cors } from './cors.ts';
import { count, type GatewayCounters } from './counters.ts';
import { announcedBytes, readBody } from './read-body.ts';
import { nextRequestId } from './request-id.ts';
import { splitTarget } from './request-target.ts';
import type { GatewayRoute } from './routes.ts';
import { overSizeOfQueue } from './sqs-answer.ts';
import { writeAnswer, writeAnswerAndClose } from './write-answer.ts';

/** API Gateway's limits; not raisable. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const maxPayloadBytes = 10 * 1024 * 1024;
const maxHeadBytes = 10_240;

/** The longest body that is thrown away to keep the connection of a refused request. */
const maxDiscardedBytes = 64 * 1024;

export interface RequestHandling {
  /** By route key, such as `POST /github`. */
  routes: ReadonlyMap<string, GatewayRoute>;
  counters: GatewayCounters;
  budget: ByteBudget;
  clock: Clock;
  cors: Cors | undefined;
}

/**
 * Answers one request as the HTTP API would: size of the head, route, throttle, token, body, integration, in this order.
 * Never rejects.
 */
export async function handleRequest(
  request: IncomingMessage,
  response: ServerResponse,
  handling: RequestHandling,
): Promise<void> {
  const { counters, cors } = handling;
  const startedAt = performance.now();
  const requestId = nextRequestId();
  const arrivedAt = handling.clock();
  const { origin } = request.headers;
  const corsHeaders = cors && origin !== undefined ? cors.actual(origin) : undefined;
  const announced = announcedBytes(request);
  const refuseUnread = (answer: Answer, source?: string) => {
    count(counters, source, answer.status);
    // Node throws away what is left of a body; for a short one that is cheaper than a new connection.
    if (announced !== undefined && announced <= maxDiscardedBytes && !expectsContinue(request))
      writeAnswer(response, answer, requestId, corsHeaders);
    else writeAnswerAndClose(request, response, answer, requestId, corsHeaders);
  };
  const answerRead = (answer: Answer, source: string) => {
    count(counters, source, answer.status);
    writeAnswer(response, answer, requestId, corsHeaders);
  };

  if (headBytes(request) > maxHeadBytes) return refuseUnread(answers.headersTooLarge);
  if (cors && origin !== undefined && isPreflight(request)) {
    response.writeHead(204, ['apigw-requestid', requestId, ...cors.preflight(origin)]).end();
    return;
  }
  const { path, query } = splitTarget(request.url ?? '/');
  const route = handling.routes.get(`${request.method} ${path}`);
  if (!route) return refuseUnread(answers.notFound);
  if (!route.takeToken()) return refuseUnread(answers.tooManyRequests, route.source);
  if (route.authorize) {
    const decision = await route.authorize(request.rawHeaders);
    // Whoever left meanwhile would be waited for without end: the body's events are over.
    if (request.destroyed) return;
    if (decision !== 'allowed') return refuseUnread(answers[decision], route.source);
  }
  if (announced !== undefined && announced > maxPayloadBytes) return refuseUnread(answers.tooLarge, route.source);

  if (expectsContinue(request)) response.writeContinue();
  const limits = { payloadBytes: maxPayloadBytes, queueBytes: route.maxMessageBytes };
  const body = await readBody(request, limits, handling.budget);
  switch (body.kind) {
    case 'aborted':
      return;
    case 'overPayloadLimit':
      return refuseUnread(answers.tooLarge, route.source);
    case 'overBudget':
      return refuseUnread(answers.unavailable, route.source);
    case 'overQueueLimit':
      return answerRead(overSizeOfQueue(route.maxMessageBytes), route.source);
    case 'whole': {
      const context = new RequestContext(request, requestId, arrivedAt, path, route.key);
      const mapped = { rawHeaders: request.rawHeaders, path, query, context };
      const answer = await route.integrate(mapped, body.bytes, arrivedAt);
      body.release();
      if (answer.status === 200) route.acceptDuration.observe((performance.now() - startedAt) / 1000);
      return answerRead(answer, route.source);
    }
  }
}

/** Request line and header values: what API Gateway's limit of 10,240 bytes covers. Node gives both as one byte per character. */
function headBytes(request: IncomingMessage): number {
  let bytes = (request.method ?? '').length + (request.url ?? '').length + ' HTTP/1.1 '.length;
  const { rawHeaders } = request;
  for (let index = 1; index < rawHeaders.length; index += 2) bytes += rawHeaders[index]?.length ?? 0;
  return bytes;
}

function isPreflight(request: IncomingMessage): boolean {
  return request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
}

function expectsContinue(request: IncomingMessage): boolean {
  return request.headers.expect !== undefined && request.httpVersion !== '1.0';
}
