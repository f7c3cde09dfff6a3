import { join } from 'node:path';
import { figuresOf } from '../bench/lib/figures.ts';
import { goalsOf } from '../bench/lib/goals.ts';
import { show, showRatio } from '../bench/lib/numbers.ts';
import type { Part } from '../bench/lib/part.ts';
import { readResult, type Result } from '../bench/lib/results.ts';
import { accept, fasterLimit, mainCase } from '../bench/parts/accept.ts';
import { coldStart } from '../bench/parts/cold-start.ts';
import { consumer, consumerCase } from '../bench/parts/consumer.ts';
import { halfRate, handling, sustained } from '../bench/parts/handling.ts';
import { parts } from '../bench/parts/index.ts';
import { queue } from '../bench/parts/queue.ts';
import { verify } from '../bench/parts/verify.ts';
import { markdownTable } from './markdown-table.ts';
import { replaceMarked } from './marked.ts';

const resultsFolder = join(import.meta.dirname, '../bench/results');

interface Line {
  what: string;
  part: Part;
  case: string;
  metric: string;
  /** @default the part's */
  subject?: string;
  /** The least that anyone could do. */
  limit?: string | ((result: Result) => string);
  peers?: readonly string[];
}

const lines: readonly Line[] = [
  {
    what: 'webhooks kept, synced, a second: 2 KB, 32 at once',
    part: accept,
    case: mainCase,
    metric: 'perSecond',
    limit: ({ measurements }) => fasterLimit(figuresOf(measurements)),
    peers: ['fastify', 'webhook', 'json2file'],
  },
  {
    what: 'p99 of these',
    part: accept,
    case: mainCase,
    metric: 'p99',
    limit: ({ measurements }) => fasterLimit(figuresOf(measurements)),
    peers: ['fastify', 'webhook', 'json2file'],
  },
  {
    what: 'from the socket to your handler, verified: deliveries a second',
    part: handling,
    case: sustained,
    metric: 'perSecond',
  },
  { what: 'p99 of the way there, at half that rate', part: handling, case: halfRate, metric: 'p99' },
  {
    what: 'deliveries consumed a second of processor time, in Lambda',
    part: consumer,
    case: consumerCase,
    metric: 'perSecond',
    limit: 'bare',
    peers: ['octokit', 'powertools'],
  },
  {
    what: 'the same by the worker',
    part: consumer,
    case: consumerCase,
    metric: 'perSecond',
    subject: 'worker',
    limit: 'bare',
    peers: ['octokit', 'powertools'],
  },
  {
    what: 'GitHub signatures verified a second of processor time: 2 KB',
    part: verify,
    case: 'github, 2 KB',
    metric: 'perSecond',
    limit: 'bare',
    peers: ['octokit', 'tern'],
  },
  {
    what: 'Stripe signatures verified a second of processor time: 2 KB',
    part: verify,
    case: 'stripe, 2 KB',
    metric: 'perSecond',
    limit: 'bare',
    peers: ['stripe', 'tern'],
  },
  {
    what: 'messages sent to the queue a second, a million waiting',
    part: queue,
    case: 'send in process, 1,000,000 waiting',
    metric: 'perSecond',
    peers: ['memory', 'persisted'],
  },
  {
    what: 'received and deleted, a million waiting',
    part: queue,
    case: 'receive + delete in process, 1,000,000 waiting',
    metric: 'perSecond',
    peers: ['memory', 'persisted'],
  },
  {
    what: 'cold start of the function until its first delivery is handled, secret read',
    part: coldStart,
    case: 'src/handlers/github.ts',
    metric: 'firstMs',
    limit: 'emptySdk',
    peers: ['handSecret'],
  },
];

/** README.md with the main figures of `bench/results`. @throws Error where the marks of their place are missing */
export function withFigures(readme: string, folder = resultsFolder): string {
  const results = new Map(
    parts.flatMap((part) => {
      const result = readResult(folder, part.name);
      return result ? [[part, result] as const] : [];
    }),
  );
  const rows = lines.flatMap((line) => {
    const result = results.get(line.part);
    return result ? rowOf(line, result) : [];
  });
  if (rows.length === 0)
    return replaceMarked(readme, 'figures', ['No figures of this version are kept: `npm run bench` measures them.']);
  return replaceMarked(readme, 'figures', [
    'Medians; in brackets ours ÷ theirs, measured in turns. The limit does the least that the work takes, and nothing else. Of ' +
      'the others that take webhooks, fastify + SQLite alone has them on disk, synced, when it answers.',
    markdownTable(['', 'Hookport', 'limit', 'others'], rows),
    ...(results.has(accept) ? ['![Durable accepts per second](bench/results/accept-main.svg)'] : []),
    goalsText(results),
    machinesText([...results.values()]),
  ]);
}

function rowOf({ part, limit, peers = [], ...line }: Line, result: Result): string[][] {
  const { median, ratio } = figuresOf(result.measurements);
  const { subject = part.subject ?? 'hookport', case: name, metric } = line;
  const own = median({ case: name, contender: subject, metric });
  if (own === undefined) return [];
  const unit = part.metrics[metric]?.unit === 'ms' ? ' ms' : '';
  const beside = (contender: string | undefined, label = '') => {
    if (contender === undefined) return [];
    const figure = median({ case: name, contender, metric });
    const against = ratio({ case: name, contender: subject, other: contender, metric });
    return figure === undefined || against === undefined
      ? []
      : [`${label}${show(figure)}${unit} (${showRatio(against)})`];
  };
  const limitId = typeof limit === 'function' ? limit(result) : limit;
  const others = peers.flatMap((peer) => beside(peer, `${part.contenders[peer]?.name}: `));
  return [[line.what, `**${show(own)}${unit}**`, beside(limitId).join(''), others.join('; ')]];
}

function goalsText(results: ReadonlyMap<Part, Result>): string {
  const goals = [...results].flatMap(([part, { measurements }]) => goalsOf(part, measurements));
  const reached = goals.filter((goal) => goal.reached);
  return (
    `Of the ${goals.length} goals that the benchmark checks, ${reached.length} ${reached.length === 1 ? 'is' : 'are'} reached. [bench/results/report.md](bench/results/report.md) has ` +
    'them all, every figure with its range, and what each contender promises by its answer.'
  );
}

function machinesText(results: readonly Result[]): string {
  const machines = new Set(
    results.map(({ machine: { cores, cpu, memoryGiB, node } }) => `${cores} × ${cpu}, ${memoryGiB} GiB, Node ${node}`),
  );
  const dates = results.map(({ measuredAt }) => measuredAt.slice(0, 10)).toSorted();
  return `Measured until ${dates.at(-1)} on ${[...machines].join('; ')}.`;
}
