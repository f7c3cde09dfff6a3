import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { asGatewayQueue } from '../../fakes/gateway-queue.ts';
import { decodeMessage, requestParameters } from '../../../src/delivery/wire.ts';
import type { Log } from '../../../src/log.ts';
import { type GatewayOptions, startGateway } from '../../../src/local/gateway/start.ts';
import type { Plan, SourcePlan } from '../../../src/plan/plan.ts';
import type { OutgoingMessage, Queue, SendRefusal } from '../../../src/queue/queue.ts';

export const arrival = 1_763_900_000_000;
export const maxMessageBytes = 1_044_480;

/** The refusals of SQS that the gateway's tests provoke, in its wording. */
function refusalOf({ body, attributes }: OutgoingMessage): SendRefusal | undefined {
  if (body === '')
    return { ok: false, code: 'MissingParameter', message: 'The request must contain the parameter MessageBody.' };
  // oxlint-disable-next-line no-control-regex -- these are the characters that SQS refuses
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(body))
    return { ok: false, code: 'InvalidMessageContents', message: 'Invalid characters' };
  const bad = Object.keys(attributes).find((name) => !/^[\w.-]{1,256}$/.test(name));
  return bad === undefined ? undefined : { ok: false, code: 'InvalidParameterValue', message: `bad name ${bad}` };
}

/** Keeps what it is sent, refusing what SQS refuses. */
export function memoryQueue(name: string, kept: OutgoingMessage[]): Pick<Queue, 'name' | 'send'> {
  return {
    name,
    send(message) {
      const refusal = refusalOf(message);
      if (refusal) return Promise.resolve(refusal);
      kept.push(message);
      return Promise.resolve({ ok: true, messageId: `message-${kept.length}` });
    },
  };
}

export function sourcePlan(
  id: string,
  headers: readonly string[],
  changes: Partial<SourcePlan['route']> = {},
): SourcePlan {
  const queue = {
    name: `acme-${id}`,
    retentionSeconds: 604_800,
    visibilityTimeoutSeconds: 180,
    maxMessageBytes,
    receiveWaitSeconds: 20,
  };
  return {
    id,
    provider: id,
    route: {
      key: `POST /${id}`,
      method: 'POST',
      path: `/${id}`,
      throttle: { rate: 1000, burst: 2000 },
      requestParameters: requestParameters({ headers: Object.fromEntries(headers.map((name) => [name, 'always'])) }),
      ...changes,
    },
    queue,
    deadLetterQueue: { ...queue, name: `acme-${id}-dlq` },
  };
}

export const githubHeaders = ['content-type', 'x-github-delivery', 'x-github-event', 'x-hub-signature-256'];

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** A gateway with the source `github` over a queue in memory; closed after the test. */
export async function gateway(
  options: Partial<Omit<GatewayOptions, 'queue'>> & {
    sources?: SourcePlan[];
    cors?: Plan['cors'];
    /** @default one that keeps in memory */
    queue?: (name: string) => Pick<Queue, 'name' | 'send'>;
  } = {},
) {
  const kept: OutgoingMessage[] = [];
  const { sources = [sourcePlan('github', githubHeaders)], cors, ...rest } = options;
  const { queue = (name) => memoryQueue(name, kept), ...others } = rest;
  const started = await startGateway({
    plan: { name: 'acme', sources, ...(cors && { cors }) },
    port: 0,
    queue: (name) => asGatewayQueue(queue(name)),
    clock: () => arrival,
    log: silent,
    ...others,
  });
  onTestFinished(() => started.close());
  return {
    kept,
    port: started.port,
    url: `http://127.0.0.1:${started.port}`,
    counters: () => started.counters(),
    close: () => started.close(),
    raw: (text: string | Buffer) => raw(started.port, text),
    /** The last message as the consumer decodes it. */
    decoded: () => {
      const message = kept.at(-1);
      if (!message) throw new Error('nothing was kept');
      return decodeMessage(message, arrival);
    },
  };
}

/** Writes bytes to a new connection and gives everything that comes back until the server closes it. */
async function raw(port: number, bytes: string | Buffer): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'connect');
  socket.write(bytes);
  await closed(socket);
  return Buffer.concat(chunks).toString('latin1');
}

/** Unlike `once(socket, 'close')`, does not mind a reset. */
export function closed(socket: Socket): Promise<void> {
  socket.on('error', () => {});
  return new Promise((resolve) => void socket.once('close', () => resolve()));
}

/** A request as bytes, with `Connection: close`. */
export function post(path: string, headers: Record<string, string>, body: string | Buffer): Buffer {
  const lines = Object.entries({ host: 'localhost', connection: 'close', ...headers }).map(
    ([k, v]) => `${k}: ${v}\r\n`,
  );
  const bytes = Buffer.from(body);
  return Buffer.concat([
    Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}content-length: ${bytes.length}\r\n\r\n`, 'latin1'),
    bytes,
  ]);
}
