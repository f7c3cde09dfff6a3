import { setImmediate } from 'node:timers/promises';
import { consumers } from '../consume/consumers.ts';
import { samples } from '../consume/messages.ts';
import type { Goal, Measurement, MeasureOptions, Part } from '../lib/part.ts';
import { inTurn } from '../lib/rounds.ts';

export const consumerCase = 'GitHub’s example payloads, in tens';

function goal(text: string, contender: 'lambda' | 'worker', other: string, least: number): Goal {
  return {
    text,
    check(figures) {
      const ratio = figures.ratio({ case: consumerCase, contender, other, metric: 'perSecond' });
      return ratio === undefined ? undefined : { reached: ratio >= least, figure: ratio.toFixed(2) };
    },
  };
}

export const consumer: Part = {
  name: 'consumer',
  title: 'Consumer',
  about:
    `Deliveries verified, parsed and handed to a handler per second of processor time, in this process and without a network: all ` +
    `${samples.length} example payloads of \`@octokit/webhooks-examples\` (7.7 KB in the middle), genuinely signed, ten at a time.`,
  subject: 'lambda',
  contenders: {
    lambda: { name: 'Hookport in Lambda', promise: 'decoded, verified, handed over, metrics written' },
    worker: { name: 'Hookport’s worker', promise: 'the same from a queue, one by one deleted' },
    octokit: {
      name: '`@octokit/webhooks`',
      promise: 'verified, handed over (`verifyAndReceive`), failures reported',
    },
    powertools: {
      name: 'Powertools batch with octokit',
      promise: 'verified by `@octokit/webhooks-methods`, handed over, failures reported',
    },
    bare: { name: 'limit (HMAC and JSON.parse)', promise: 'verified and parsed' },
  },
  metrics: { perSecond: { label: 'deliveries per second of processor time', unit: '/s', better: 'more' } },
  goals: [
    goal('in Lambda at least 0.7 of the limit', 'lambda', 'bare', 0.7),
    goal('the worker at least 0.7 of the limit', 'worker', 'bare', 0.7),
    goal('in Lambda ahead of `@octokit/webhooks`', 'lambda', 'octokit', 1),
    goal('in Lambda ahead of Powertools', 'lambda', 'powertools', 1),
    goal('the worker ahead of `@octokit/webhooks`', 'worker', 'octokit', 1),
    goal('the worker ahead of Powertools', 'worker', 'powertools', 1),
  ],
  charts: [
    {
      name: 'main',
      title: 'Deliveries consumed per second of processor time',
      metric: 'perSecond',
      cases: [consumerCase],
    },
  ],
  measure,
};

async function measure({ rounds, quick, progress }: MeasureOptions): Promise<Measurement[]> {
  const ready = Object.entries(consumers).map(([contender, make]) => ({ contender, consume: make() }));
  if (!quick) for (const { consume } of ready) for (let warm = 0; warm < 20; warm += 1) await consume();
  const measurements: Measurement[] = [];
  // More rounds than asked for, since each is short: 13 make up one.
  for (let round = 0; round < (quick ? 1 : rounds * 13); round += 1)
    for (const { contender, consume } of inTurn(ready, round)) {
      const before = process.cpuUsage();
      let count = 0;
      for (let times = 0; times < (quick ? 1 : 3); times += 1) {
        count += await consume();
        // Each pays for what it leaves to the event loop, such as freeing its hashes: of all, only the worker turns it itself.
        await setImmediate();
      }
      const { user, system } = process.cpuUsage(before);
      if (count % samples.length !== 0 || count === 0) throw new Error(`${contender} handed over ${count}`);
      measurements.push({
        case: consumerCase,
        contender,
        round,
        values: { perSecond: (count * 1e6) / (user + system) },
      });
    }
  progress('done');
  return measurements;
}
