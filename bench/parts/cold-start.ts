import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startSecretsManager } from '../../test/secrets/local-secrets-manager.ts';
import { bundleAlone, type Bundle, bundleHookport } from '../cold-start/bundles.ts';
import { handWrittenEvent, hookportEvents, secret } from '../cold-start/event.ts';
import { start } from '../cold-start/start.ts';
import type { Goal, Measurement, MeasureOptions, Part } from '../lib/part.ts';
import { inTurn } from '../lib/rounds.ts';

const sources = Object.keys(hookportEvents) as (keyof typeof hookportEvents)[];
const caseOf = (source: string) => `src/handlers/${source}.ts`;

/** More rounds than asked for, since each start is short. */
const startsPerRound = 5;

const goal = (metric: 'kB' | 'initMs' | 'firstMs', text: string): Goal => ({
  text: `${text} within 1.5× of an empty function with the SDK`,
  check({ ratio }) {
    const ratios = sources.flatMap(
      (source) => ratio({ case: caseOf(source), contender: 'hookport', other: 'emptySdk', metric }) ?? [],
    );
    const most = Math.max(...ratios);
    return ratios.length === 0 ? undefined : { reached: most <= 1.5, figure: `${most.toFixed(2)}× at the most` };
  },
});

export const coldStart: Part = {
  name: 'cold-start',
  title: 'Cold start and size',
  about:
    'The Lambda bundle of each example handler, as `hookport deploy` makes it, in a fresh process each time: its import (init), and that with ' +
    'the first delivery, a genuine one, for which the secret is read from a Secrets Manager on this machine. Hookport loads the ' +
    'client of Secrets Manager with the first delivery. All are bundled by the same settings; those written by hand take ' +
    'GitHub’s pushes. On Lambda all of these times are longer by what the sandbox takes.',
  contenders: {
    hookport: { name: 'Hookport', promise: 'verified with its secret from Secrets Manager, handled' },
    handSecret: {
      name: 'by hand, with `@octokit/webhooks`',
      promise: 'the same; has the clients of SQS and Secrets Manager',
    },
    hand: {
      name: 'by hand, its secret in the environment',
      promise: 'verified and handled; has the client of SQS',
    },
    emptySdk: {
      name: 'limit (empty, with the SDK)',
      promise: 'its secret is read, nothing else; has the clients of SQS and Secrets Manager',
    },
    empty: { name: 'empty', promise: 'nothing' },
  },
  metrics: {
    firstMs: { label: 'until the first delivery is handled', unit: 'ms', better: 'less' },
    initMs: { label: 'init', unit: 'ms', better: 'less' },
    kB: { label: 'bundle', unit: 'kB', better: 'less' },
    gzipKb: { label: 'gzipped', unit: 'kB', better: 'less' },
  },
  goals: [goal('firstMs', 'first delivery, secret read,'), goal('initMs', 'init'), goal('kB', 'bundle')],
  charts: (
    [
      ['first', 'firstMs', 'Cold start: until the first delivery is handled'],
      ['init', 'initMs', 'Cold start: init'],
      ['size', 'kB', 'Size of the bundle'],
    ] as const
  ).map(([name, metric, title]) => ({ name, metric, title, cases: sources.map(caseOf) })),
  measure,
};

async function measure({ rounds, quick, folder: parent, progress }: MeasureOptions): Promise<Measurement[]> {
  const folder = mkdtempSync(join(parent, 'hookport-bench-'));
  const secretsManager = await startSecretsManager({ s: { current: secret, changedAt: new Date(0) } });
  try {
    const all = await bundleAll(folder);
    const entrants = quick ? all.filter((entrant) => entrant.case === caseOf('github')) : all;
    progress('bundled');
    const measurements: Measurement[] = [];
    for (let round = 0; round < (quick ? 1 : rounds * startsPerRound); round += 1)
      for (const { bundle, event, ...what } of inTurn(entrants, round)) {
        const times = await start(bundle.entry, event(), secretsManager.endpoint);
        measurements.push({ ...what, round, values: { ...times, kB: bundle.kB, gzipKb: bundle.gzipKb } });
      }
    progress('done');
    return measurements;
  } finally {
    await secretsManager.close();
    rmSync(folder, { recursive: true });
  }
}

interface Entrant {
  case: string;
  contender: string;
  bundle: Bundle;
  event: () => unknown;
}

async function bundleAll(folder: string): Promise<Entrant[]> {
  const hookport = await bundleHookport(folder, sources);
  const alone = (module: string) => bundleAlone(folder, module);
  const [empty, emptySdk] = await Promise.all([alone('empty.ts'), alone('empty-sdk.ts')]);
  const [hand, handSecret] = await Promise.all([alone('hand-written.ts'), alone('hand-written-secret.ts')]);
  const github = caseOf('github');
  return [
    ...sources.flatMap((source): Entrant[] => {
      const bundle = hookport.get(source);
      if (!bundle) throw new Error(`${source} was not bundled`);
      const same = { case: caseOf(source), event: hookportEvents[source] };
      return [
        { ...same, contender: 'hookport', bundle },
        { ...same, contender: 'emptySdk', bundle: emptySdk },
        { ...same, contender: 'empty', bundle: empty },
      ];
    }),
    { case: github, contender: 'hand', bundle: hand, event: handWrittenEvent },
    { case: github, contender: 'handSecret', bundle: handSecret, event: handWrittenEvent },
  ];
}
