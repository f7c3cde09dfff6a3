import { randomUUID } from 'node:crypto';
import type { VerifiedDelivery } from '../../../src/delivery/delivery.ts';
import { createHandlerThreads, type HandlerThreadsOptions } from '../../../src/local/handler-threads/start.ts';
import { createLogFake, type LogLine } from '../../fakes/log.ts';

export const root = new URL('../../..', import.meta.url).pathname;

/** As the platform has it: a thread need not strip and compile its modules again. */
const env = { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] };

/** Handler threads with short times, and a log that keeps what the handlers said. */
export function startThreads(options: Partial<HandlerThreadsOptions> = {}) {
  const log = createLogFake();
  const threads = createHandlerThreads({ root, env, graceMs: 200, log, ...options });
  return {
    ...threads,
    log,
    runs: (): LogLine[] => log.lines.filter(({ message }) => message === 'run'),
    /** In the order of the runs. */
    threadIds: () => log.lines.filter(({ message }) => message === 'run').map(({ fields }) => fields['threadId']),
    of: (handler: string, { id = 'source', timeoutSeconds = 5, provider = 'github' } = {}) =>
      threads.dispatcher({
        id,
        provider: { id: provider },
        timeoutSeconds,
        handler: handler.startsWith('/') ? handler : `test/fixtures/handlers/${handler}`,
      }),
  };
}

export function delivery(does: string, more: Record<string, unknown> = {}): VerifiedDelivery {
  return {
    source: 'source',
    provider: 'github',
    id: randomUUID(),
    idSigned: false,
    eventType: 'push',
    receivedAt: 1_700_000_000_000,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ does, ...more })),
    attempt: 1,
    suspectedReplay: false,
  };
}
