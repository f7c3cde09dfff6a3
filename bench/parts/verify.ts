import { aheadEverywhere, leastRatio } from '../lib/goals.ts';
import type { Measurement, MeasureOptions, Part } from '../lib/part.ts';
import { inTurn } from '../lib/rounds.ts';
import { providers } from '../verify/cases.ts';
import { startVerifier } from '../verify/process.ts';

const sizes = { '2 KB': 2048, '20 KB': 20_480 } as const;
const nameOf = (id: string, size: string) => `${id}, ${size}`;
const casesOf = (size: keyof typeof sizes) => providers.map((id) => nameOf(id, size));

/** Slices of each contender in a round: short ones and many, so that a busy moment hits few. */
const slices = 3;

const contenders = {
  hookport: { name: 'Hookport' },
  octokit: { name: '`@octokit/webhooks-methods`' },
  stripe: { name: '`stripe`' },
  standardwebhooks: { name: '`standardwebhooks`' },
  tern: { name: '`@hookflo/tern`' },
  bare: {
    name: 'limit (bare `node:crypto`)',
    promise: 'the hash or signature of content that lies ready in one piece',
  },
  pieces: {
    name: 'limit, on content in pieces',
    promise: 'the same of content as it arrives: body and what is signed beside it',
  },
} satisfies Part['contenders'];
const peers = ['stripe', 'standardwebhooks', 'tern'] as const;
const byOctokit = Object.keys(sizes).map((size) => nameOf('github', size));
const likeOctokit = Object.keys(sizes).map((size) => nameOf('bitbucket', size));

export const verify: Part = {
  name: 'verify',
  title: 'Verification',
  about:
    'Genuine requests verified per second of processor time, by the scheme of each provider: 64 different ones. Each ' +
    'contender has a process of its own, and gets the body as text, which is how it comes out of a queue.',
  contenders,
  metrics: { perSecond: { label: 'verified per second of processor time', unit: '/s', better: 'more' } },
  goals: [
    {
      text: 'at least 0.8 of the limit at 2 KB, in every scheme',
      check(figures) {
        const worst = leastRatio(figures, { other: 'bare', metric: 'perSecond', cases: casesOf('2 KB') });
        return (
          worst && { reached: worst.ratio >= 0.8, figure: `${worst.ratio.toFixed(2)} at the least (${worst.case})` }
        );
      },
    },
    aheadEverywhere(`ahead of ${contenders.octokit.name}, in its scheme`, {
      other: 'octokit',
      metric: 'perSecond',
      cases: likeOctokit,
    }),
    {
      text: `GitHub, whose signature ${contenders.octokit.name} makes here too: at least 0.95 of it alone`,
      check(figures) {
        const worst = leastRatio(figures, { other: 'octokit', metric: 'perSecond', cases: byOctokit });
        return (
          worst && { reached: worst.ratio >= 0.95, figure: `${worst.ratio.toFixed(2)} at the least (${worst.case})` }
        );
      },
    },
    ...peers.map((other) => aheadEverywhere(`ahead of ${contenders[other].name}`, { other, metric: 'perSecond' })),
  ],
  charts: [
    {
      name: 'main',
      title: 'Verified per second of processor time, 2 KB',
      metric: 'perSecond',
      cases: casesOf('2 KB'),
      without: ['pieces'],
    },
  ],
  measure,
};

async function measure({ rounds, quick, progress }: MeasureOptions): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  const microseconds = quick ? { warmUp: 0, measured: 500 } : { warmUp: 400_000, measured: 30_000 };
  const processes = Object.keys(contenders).map((contender) => ({ contender, asked: startVerifier(contender) }));
  try {
    for (const { asked } of processes) await asked.hello;
    for (const [size, bytes] of Object.entries(sizes)) {
      for (const id of providers) {
        const ready: typeof processes = [];
        for (const each of processes) {
          const { canVerify } = await each.asked.ask({ prepare: { id, bytes, count: quick ? 2 : 64 }, microseconds });
          if (canVerify) ready.push(each);
        }
        for (let round = 0; round < (quick ? 1 : rounds * slices); round += 1)
          for (const { contender, asked } of inTurn(ready, round)) {
            const { perSecond = 0 } = await asked.ask({ measure: microseconds.measured });
            measurements.push({ case: nameOf(id, size), contender, round, values: { perSecond } });
          }
      }
      progress(size);
      if (quick) break;
    }
  } finally {
    await Promise.all(processes.map(({ asked }) => asked.end()));
  }
  return measurements;
}
