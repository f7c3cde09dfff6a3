import type { CreateWorkerOptions } from './create-worker.ts';
import { checkHandler } from './delivery/handler.ts';
import { HookportError } from './errors.ts';
import { deliverySeconds } from './plan/delivery-seconds.ts';
import type { ConsumerPlan } from './plan/plan.ts';

/**
 * Refuses what a worker could not go by, before it asks SQS for anything.
 *
 * @param consumer The source's, with the options in it.
 * @param file The configuration, as it is called in messages.
 * @throws HookportError `usage`
 */
export function refuseOptions(
  options: CreateWorkerOptions,
  { consumer, provider, file }: { consumer: ConsumerPlan; provider: string; file: string },
): void {
  refuseNumbers(consumer);
  refuseUrls(options);
  refuseHandler(options, provider);
  refuseUnusedRecord(options, consumer.deduplicate !== undefined, file);
}

/** As the configuration has it: past that, SQS cannot be asked to keep a message from others for long enough, and none would be started. */
const longestRunSeconds = 6 * 3600;

/** As the configuration takes them, but for one delivery at a time, which Lambda alone refuses. */
const numbers: readonly {
  name: string;
  of: (consumer: ConsumerPlan) => number;
  from: number;
  to: number;
  whole: boolean;
}[] = [
  { name: 'concurrency', of: ({ concurrency }) => concurrency, from: 1, to: 1000, whole: true },
  { name: 'timeoutSeconds', of: ({ timeoutSeconds }) => timeoutSeconds, from: 1, to: longestRunSeconds, whole: false },
  { name: 'batch.size', of: ({ batch }) => batch.size, from: 1, to: 10_000, whole: true },
  { name: 'batch.windowSeconds', of: ({ batch }) => batch.windowSeconds, from: 0, to: 300, whole: false },
];

/** Out of a variable that is not set comes 0 or NaN: a worker that takes nothing, says nothing and never stops. */
function refuseNumbers(consumer: ConsumerPlan): void {
  for (const { name, of, from, to, whole } of numbers) {
    const number = of(consumer);
    if (number >= from && number <= to && (!whole || Number.isInteger(number))) continue;
    const kind = whole ? 'a whole number' : 'a number';
    throw new HookportError('usage', `${name} must be ${kind} from ${from} to ${to}, not ${number}`);
  }
  const each = deliverySeconds(consumer);
  if (consumer.batch.size * each > longestRunSeconds)
    throw new HookportError(
      'usage',
      `a batch of ${consumer.batch.size} with a timeout of ${each} s each${consumer.forward?.http ? ' (handler and forward)' : ''} may take longer than 6 h, which is as long as SQS waits for a worker; lower batch.size or timeoutSeconds`,
    );
}

const urls = ['endpoint', 'queueUrl', 'deadLetterQueueUrl', 'verifiedQueueUrl', 'eventBusEndpoint'] as const;

/** Of an address without `http://` the SDK says that a region is missing, or that no credentials are there, with each poll. */
function refuseUrls(options: CreateWorkerOptions): void {
  for (const name of urls) {
    const url = options[name];
    if (url === undefined || ['http:', 'https:'].includes(URL.parse(url)?.protocol ?? '')) continue;
    throw new HookportError('usage', `${name} must be a URL, such as http://127.0.0.1:9324, not "${url}"`);
  }
}

/** A file is loaded with the first delivery; what is given is looked at before any is taken. */
function refuseHandler({ handler }: CreateWorkerOptions, provider: string): void {
  const found = handler && checkHandler(handler, provider, 'it');
  if (found?.ok === false) throw new HookportError('usage', `the handler does not fit: ${found.detail}`);
}

/** Whoever names a place for the record believes that what comes twice is handled once. */
function refuseUnusedRecord(options: CreateWorkerOptions, deduplicates: boolean, file: string): void {
  if (deduplicates) return;
  const place = (['deduplicationFile', 'deduplicationTable'] as const).find((name) => options[name] !== undefined);
  if (place)
    throw new HookportError(
      'usage',
      `source ${options.source} does not deduplicate, so nothing would be kept in the ${place}: write \`deduplicate\` in ${file}, for a source without \`handler\` in \`defaults\``,
    );
}
