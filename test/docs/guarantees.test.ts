import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { withChaosResults } from '../../scripts/chaos-results.ts';

it('docs/guarantees.md has the results of the chaos suite that are kept, as `npm run docs` would write them now', async () => {
  const page = await readFile(new URL('../../docs/guarantees.md', import.meta.url), 'utf8');
  expect(page).toBe(withChaosResults(page));
});
