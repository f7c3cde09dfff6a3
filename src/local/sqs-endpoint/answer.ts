import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { HookportError } from '../../errors.ts';
import { SqsFault } from './fault.ts';

const contentType = 'application/x-amz-json-1.0';

export function answerOutput(response: ServerResponse, output: object): void {
  write(response, 200, JSON.stringify(output));
}

/** The error of an action in the JSON protocol's form; SDKs take its name from `__type` or from the header. */
export function answerError(response: ServerResponse, error: unknown): void {
  const fault = toFault(error);
  const sender = fault.status < 500 ? 'Sender' : 'Receiver';
  response.setHeader('x-amzn-query-error', `${fault.queryCode};${sender}`);
  write(response, fault.status, JSON.stringify({ __type: `com.amazonaws.sqs#${fault.type}`, message: fault.message }));
}

function toFault(error: unknown): SqsFault {
  if (error instanceof SqsFault) return error;
  return error instanceof HookportError && error.code === 'queue_unavailable'
    ? new SqsFault('ServiceUnavailable', 'The queue is unavailable.', { status: 503 })
    : new SqsFault('InternalFailure', 'The request failed because of a defect of the endpoint.', { status: 500 });
}

function write(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': randomUUID(),
  });
  response.end(body);
}
