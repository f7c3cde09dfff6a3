import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { bundleConsumers } from '../../infra/bundle/bundle-consumers.ts';
import { catalogue } from '../../providers/index.ts';
import { formatIssue } from '../../src/config/issue.ts';
import { loadConfig } from '../../src/config/load.ts';
import { limitsOf } from '../../src/plan/limits.ts';
import { makePlan } from '../../src/plan/make-plan.ts';

const root = path.resolve(import.meta.dirname, '../..');
const examples = readdirSync(path.join(root, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test('there are examples', () => expect(examples).toContain('frontend-logs'));

describe.each(examples)('examples/%s', (example) => {
  const folder = path.join(root, 'examples', example);
  const load = async () => {
    const loaded = await loadConfig(path.join(folder, 'webhooks.config.yaml'), { catalogue, root });
    if (!loaded.ok) throw new Error(loaded.issues.map(formatIssue).join('\n'));
    return makePlan(loaded.config, catalogue);
  };

  test('is valid and stays within AWS’s limits', async () => {
    for (const { used, limit } of limitsOf(await load())) expect(used).toBeLessThanOrEqual(limit);
  });

  test('has a bundle for each consumer', async () => {
    const plan = await load();
    const outDir = mkdtempSync(path.join(tmpdir(), 'hookport-example-'));
    try {
      const folders = await bundleConsumers({ plan, catalogue, root, outDir });
      expect([...folders.keys()]).toEqual(plan.sources.filter(({ consumer }) => consumer).map(({ id }) => id));
    } finally {
      rmSync(outDir, { recursive: true });
    }
  });

  test('says how to start it, and brings no package.json, without which its handlers could not import hookport', () => {
    const readme = readFileSync(path.join(folder, 'README.md'), 'utf8');
    expect(readme).toContain(`npm start -- --config examples/${example}/webhooks.config.yaml`);
    expect(readdirSync(folder)).not.toContain('package.json');
  });
});
