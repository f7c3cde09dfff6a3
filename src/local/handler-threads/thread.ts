import { inspect } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { framesOf } from '../../delivery/handler-errors.ts';
import { type Handler, handlerOf } from '../../delivery/handler.ts';
import { describeLoadError } from '../../delivery/load-error.ts';
import { runHandler } from '../../delivery/run-handler.ts';
import { toDelivery } from '../../delivery/to-delivery.ts';
import type { Log, LogFields } from '../../log.ts';
import type { FromThread, ThreadData, ToThread } from './messages.ts';
import { printAtOnce } from './print-at-once.ts';
import { takeRoom } from './under-way.ts';

/** Entry of a handler thread: loads one handler file and runs it on what it is sent. */

const port = parentPort;
const data = workerData as ThreadData;
const post = (message: FromThread) => port?.postMessage(message);
const running = new Map<number, AbortController>();

const log: Log = {
  debug: (message, fields) => send('debug', message, fields),
  info: (message, fields) => send('info', message, fields),
  warn: (message, fields) => send('warn', message, fields),
  error: (message, fields) => send('error', message, fields),
};

/** Handlers are not all type-checked: what cannot be cloned must not make a log line throw. */
function send(level: keyof Log, message: unknown, fields: LogFields | undefined): void {
  const entries = Object.entries(fields ?? {}).map(([name, value]) => [name, toPlain(value)]);
  const plain = Object.fromEntries(entries) as LogFields;
  const text = String(message);
  takeRoom(data.underWay, text, plain);
  post({ type: 'log', level, message: text, fields: plain });
}

function toPlain(value: LogFields[string] | object): LogFields[string] {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null || value === undefined) return value;
  return typeof value === 'number' ? value : inspect(value, { depth: 1 });
}

async function load(): Promise<{
  handler: Handler;
  start: (message: Extract<ToThread, { type: 'run' }>) => Promise<void>;
}> {
  const { provider } = data;
  const found = handlerOf(await import(data.handlerUrl), provider.id);
  if (!found.ok) throw new Error(found.detail);
  const { handler } = found;
  const start = async ({ id, deliveries }: Extract<ToThread, { type: 'run' }>) => {
    const controller = new AbortController();
    running.set(id, controller);
    const objects = deliveries.map((each) => toDelivery(each, provider));
    const outcomes = await runHandler(handler, objects, log, controller);
    running.delete(id);
    post({ type: 'done', id, outcomes });
  };
  return { handler, start };
}

printAtOnce(post, data.underWay);
try {
  const { handler, start } = await load();
  port?.on('message', (message: ToThread) => {
    if (message.type === 'run') void start(message);
    else if (message.type === 'abort') running.get(message.id)?.abort(new DOMException(message.detail, 'TimeoutError'));
    else post({ type: 'pong' });
  });
  post({ type: 'loaded', takes: handler.hookport });
} catch (error) {
  post({ type: 'notLoaded', detail: describeLoadError(error), stack: framesOf(error) });
}
