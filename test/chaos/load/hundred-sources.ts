import { setTimeout as sleep } from 'node:timers/promises';
import { type PlatformProcess, TestProject } from '../../e2e/platform-process.ts';
import { secret } from '../platform/senders.ts';
import { takeAll } from '../platform/take-all.ts';
import type { Run } from '../scenario.ts';

/** Sources that nobody floods. */
export const quietSources = Array.from({ length: 99 }, (_, index) => `s${index}`);

/**
 * Those of them that are handled here and then forwarded to their verified queue, where the time of it can be read. A
 * hundred sources fit into one stack, and so into one configuration, only if no more than so many have a consumer.
 */
export const handledSources = quietSources.slice(0, 17);

/**
 * A platform with a hundred sources of GitHub's; the last is called `flooded`.
 *
 * @param handled those of {@link quietSources} that are handled and forwarded; each has a thread of its own
 */
export async function startHundredSources(run: Run, handled: readonly string[]): Promise<PlatformProcess> {
  const handler = 'handler: test/fixtures/handlers/note-effects.ts';
  const line = (id: string, parts: readonly string[]) =>
    `  ${id}: { ${['provider: github', `secret: ${id}`, ...parts].join(', ')} }\n`;
  const sources = quietSources.map((id) => line(id, handled.includes(id) ? [handler, 'forward: { queue: true }'] : []));
  const project = new TestProject(`${sources.join('')}${line('flooded', [handler])}`);
  run.onEnd(() => project.remove());
  const env = [...quietSources, 'flooded'].map((id) => [`${id.toUpperCase()}_WEBHOOK_SECRET`, secret] as const);
  const platform = await project.start(Object.fromEntries(env));
  run.onEnd(() => platform.kill());
  return platform;
}

/**
 * Takes so much out of the verified queues of these sources, or what came into them within a minute.
 *
 * @returns milliseconds from arrival to the verified queue, behind the handler, for each delivery
 */
export async function takeHandlingTimes(
  { sqs }: PlatformProcess,
  handled: readonly string[],
  count: number,
): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + 60_000;
  // When it came stands in the message: asking without a pause would only take the platform's time.
  for (; times.length < count && performance.now() < end; await sleep(50))
    for (const id of handled)
      for (const { Attributes, MessageAttributes } of await takeAll(sqs, `e2e-${id}-verified`))
        times.push(Number(Attributes?.SentTimestamp) - Date.parse(MessageAttributes?.['ce-time']?.StringValue ?? ''));
  return times;
}
