import { createHmac } from 'node:crypto';
import { requestParameters } from '../../src/delivery/wire.ts';
import type { ConsumerPlan, QueuePlan, SourcePlan } from '../../src/plan/plan.ts';
import type { MessageAttributes, ReceivedMessage } from '../../src/queue/queue.ts';
import type { Secret, SecretStore } from '../../src/secrets/secret-store.ts';
import { github } from '../../providers/github.ts';

/** A source of GitHub's, as a plan has it. */
export function sourcePlan(consumer: Partial<ConsumerPlan> = {}, more: Partial<SourcePlan> = {}): SourcePlan {
  const queue = (name: string): QueuePlan => ({
    name,
    retentionSeconds: 604_800,
    visibilityTimeoutSeconds: 120,
    maxMessageBytes: 1_048_576,
    receiveWaitSeconds: 20,
  });
  return {
    id: 'github',
    provider: 'github',
    route: {
      key: 'POST /github',
      method: 'POST',
      path: '/github',
      throttle: { rate: 1000, burst: 2000 },
      requestParameters: requestParameters(github),
    },
    queue: queue('acme-github'),
    deadLetterQueue: queue('acme-github-dlq'),
    consumer: {
      concurrency: 10,
      timeoutSeconds: 30,
      batch: { size: 1, windowSeconds: 0 },
      maxReceiveCount: 5,
      onRejected: 'deadLetter',
      ...consumer,
    },
    ...more,
  };
}

export interface Arrival {
  body?: string;
  /** Signs; @default `right` */
  secret?: string;
  /** Epoch milliseconds. @default Date.now() */
  at?: number;
  id?: string;
  event?: string;
  headers?: Readonly<Record<string, string>>;
}

const text = (stringValue: string) => ({ dataType: 'String', stringValue });

/** What the endpoint writes for a request of GitHub's, signed with node:crypto alone. */
export function arrived({
  body = '{"zen":"x"}',
  secret = 'right',
  at = Date.now(),
  id = 'delivery-1',
  event = 'push',
  headers,
}: Arrival = {}): {
  body: string;
  attributes: MessageAttributes;
} {
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const fields = {
    'content-type': 'application/json',
    'x-github-delivery': id,
    'x-github-event': event,
    'x-hub-signature-256': `sha256=${signature}`,
    ...headers,
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\n`);
  const requestId = `request-${id}`;
  return {
    body,
    attributes: {
      Request: text(`3 ${requestId} ${at} 192.0.2.1 ${lines.length} 0\n${lines.join('')}`),
      Id: text(requestId),
    },
  };
}

/** The same as it comes out of a queue. */
export function received(arrival: Arrival = {}, more: Partial<ReceivedMessage> = {}): ReceivedMessage {
  const at = arrival.at ?? Date.now();
  return {
    messageId: `message of ${arrival.id ?? 'delivery-1'}`,
    receiptHandle: 'handle',
    sentAt: at,
    firstReceivedAt: at,
    receiveCount: 1,
    ...arrived(arrival),
    ...more,
  };
}

/** Secrets that a test sets, read at the time that it says. */
export function createFakeSecrets(...values: string[]): SecretStore & {
  secrets: Secret[];
  readAt: number;
  /** What `notBefore` makes of it; by default, the store reads at once. */
  reread: (() => void) | undefined;
  fault: Error | undefined;
  reads: ({ notBefore?: number } | undefined)[];
} {
  const store = {
    secrets: values.map((value, index) => ({ version: index === 0 ? 'current' : 'previous', value })),
    readAt: Date.now(),
    reread: undefined as (() => void) | undefined,
    fault: undefined as Error | undefined,
    reads: [] as ({ notBefore?: number } | undefined)[],
    async read(_source: string, options?: { notBefore?: number }) {
      store.reads.push(options);
      if (options?.notBefore !== undefined && options.notBefore > store.readAt) {
        if (store.reread) store.reread();
        else store.readAt = Date.now();
      }
      if (store.fault) throw store.fault;
      return { secrets: [...store.secrets], readAt: store.readAt };
    },
  };
  return store;
}
