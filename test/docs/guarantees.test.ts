import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { withChaosResults } from '../../scripts/chaos-results.ts';
import { previousSecretVariable } from '../../src/secrets/variables.ts';

it('docs/guarantees.md tells what keeps the secret before on one machine, as the chaos suite sets it', async () => {
  const page = await readFile(new URL('../../docs/guarantees.md', import.meta.url), 'utf8');
  expect(page).toContain(`\`${previousSecretVariable('github')}\``);
});

it('docs/guarantees.md has the results of the chaos suite that are kept, as `npm run docs` would write them now', async () => {
  const page = await readFile(new URL('../../docs/guarantees.md', import.meta.url), 'utf8');
  expect(page).toBe(withChaosResults(page));
});
