import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from '../../log.ts';
import type { EmbeddedQueues } from '../../queue/embedded/embedded-queue.ts';
import { closeServer } from '../http/close.ts';
import { listen } from '../http/listen.ts';
import { createHttpServer } from '../http/server.ts';
import { actions } from './actions.ts';
import { answerError, answerOutput } from './answer.ts';
import { faults, SqsFault } from './fault.ts';
import { guard } from './guard.ts';
import { readInput } from './read-input.ts';

export interface SqsEndpointOptions {
  /** 0 for any free one. */
  port: number;
  queues: EmbeddedQueues;
  log: Log;
}

export interface SqsEndpoint {
  readonly port: number;
  /** Ends long polls with what they have, finishes what is in flight, for 2 seconds at most, and closes. */
  close(): Promise<void>;
}

const closeGraceMs = 2000;

/** More are closed at once. An SDK opens 50 at most, so this is room for many consumers. */
const maxConnections = 1024;

/**
 * Serves the embedded queues on 127.0.0.1 in SQS's JSON protocol, for the SDK of any language. Signatures are not
 * checked: there are no accounts here, and only this machine gets in.
 *
 * @throws HookportError `port_in_use`
 */
export async function startSqsEndpoint({ port, queues, log }: SqsEndpointOptions): Promise<SqsEndpoint> {
  const closing = new AbortController();
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<object> => {
    guard(request, bound.port);
    const action = actions.get(actionName(request));
    if (!action) throw faults.unsupportedOperation('Unsupported operation.');
    const input = await readInput(request);
    const untilGone = () => AbortSignal.any([abortWhenGone(request, response), closing.signal]);
    return await action(input, { queues, baseUrl: `http://127.0.0.1:${bound.port}`, untilGone });
  };

  const server = createHttpServer({
    maxConnections,
    refusalBody: (message) => ({ message }),
    serve(request, response) {
      serve(request, response).then(
        (output) => answerOutput(response, output),
        (error: unknown) => {
          if (!(error instanceof SqsFault) && !response.destroyed)
            log.error('the SQS endpoint could not answer', {
              error: error instanceof Error ? error.name : typeof error,
            });
          // What is unread of a refused request is not worth reading.
          if (!request.complete) response.shouldKeepAlive = false;
          answerError(response, error);
        },
      );
    },
  });
  await listen(server, port, '--sqs-port');
  const bound = server.address() as AddressInfo;
  return {
    port: bound.port,
    close() {
      closing.abort();
      return closeServer(server, closeGraceMs);
    },
  };
}

/**
 * Aborts as soon as the client ends its side of the connection: a poll that goes on would take a message for nobody.
 * The response's own `close` comes later, when the connection is gone altogether.
 */
function abortWhenGone({ socket }: IncomingMessage, response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  const abort = () => gone.abort();
  socket.once('end', abort).once('close', abort);
  response.once('close', () => socket.off('end', abort).off('close', abort));
  return gone.signal;
}

/** @throws SqsFault when the request does not speak the JSON protocol */
function actionName(request: IncomingMessage): string {
  const { 'x-amz-target': target, 'content-type': contentType = '' } = request.headers;
  if (request.method !== 'POST' || !contentType.startsWith('application/x-amz-json-1.0') || typeof target !== 'string')
    throw faults.unsupportedOperation("This endpoint speaks SQS's JSON protocol only: use an SDK of 2024 or later.");
  return target.replace(/^AmazonSQS\./, '');
}
