import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Goal, Measurement, MeasureOptions, Part } from '../lib/part.ts';
import { root, startPlatform, writeConfig } from '../lib/platform.ts';

const counts = [3, 10, 50];
const steps = ['validate', 'plan', 'synth', 'start'] as const;
const caseOf = (step: string, sources: number) => `${step}, ${sources} sources`;

export const scale: Part = {
  name: 'scale',
  title: 'Configuration',
  about:
    'Whole commands in fresh processes, from the YAML to their end; `start` until it serves, with an empty data folder. Half of the sources have a handler.',
  contenders: { hookport: { name: 'Hookport' } },
  metrics: { ms: { label: 'time', unit: 'ms', better: 'less' } },
  goals: steps.map((step): Goal => ({
    text: `\`${step}\` grows no faster than the number of sources (10 to 50)`,
    check({ median }) {
      const [ten, fifty] = [10, 50].map((sources) =>
        median({ case: caseOf(step, sources), contender: 'hookport', metric: 'ms' }),
      );
      if (ten === undefined || fifty === undefined) return undefined;
      return { reached: fifty / ten <= 5, figure: `${(fifty / ten).toFixed(2)}× for 5× as many` };
    },
  })),
  charts: steps.map((step) => ({
    name: step,
    title: `\`${step}\` by the number of sources`,
    metric: 'ms',
    cases: counts.map((sources) => caseOf(step, sources)),
  })),
  measure,
};

async function measure(options: MeasureOptions): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    for (const sources of options.quick ? [3] : counts) {
      const folder = mkdtempSync(join(options.folder, 'hookport-bench-'));
      try {
        const config = writeConfig(folder, sourcesOf(sources));
        for (const step of options.quick ? (['plan', 'start'] as const) : steps) {
          const ms = step === 'start' ? await timeStart(config, folder) : await timeCommand(step, config, folder);
          measurements.push({ case: caseOf(step, sources), contender: 'hookport', round, values: { ms } });
        }
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
    options.progress(`round ${round + 1}`);
  }
  return measurements;
}

function sourcesOf(count: number): string[] {
  const providers = ['github', 'paddle', 'zendesk', 'stripe', 'shopify'];
  return Array.from({ length: count }, (_, index) => {
    const provider = providers[index % providers.length] ?? '';
    const handler = index % 2 === 0 ? ', handler: bench/scale/handler.ts' : '';
    return `source-${index}: { provider: ${provider}${handler} }`;
  });
}

async function timeCommand(command: string, config: string, folder: string): Promise<number> {
  const began = performance.now();
  const output = command === 'synth' ? ['--', '--quiet', '--output', join(folder, 'cdk.out')] : [];
  const child = spawn(process.execPath, ['src/cli/hookport.js', command, '--config', config, ...output], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${command} ended with ${code}`);
  return performance.now() - began;
}

async function timeStart(config: string, folder: string): Promise<number> {
  const platform = await startPlatform(config, join(folder, 'data'));
  await platform.stop();
  return platform.readyAfterMs;
}
