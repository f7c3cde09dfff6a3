import fc from 'fast-check';
import { expect, it } from 'vitest';
import { catalogue } from '../../providers/index.ts';
import { providerProblems } from '../../src/catalogue/provider-problems.ts';
import { parseConfig } from '../../src/config/load.ts';
import { definitions, definitionsHold } from './definitions.ts';

it('what the contract says of every provider holds for any definition that is sound', async () => {
  expect(await definitionsHold({ numRuns: 200 })).toMatchObject({ failed: false });
  // Not because hardly any is: about 155 are, give or take 11.
  const sound = fc.sample(definitions, 1000).filter((definition) => providerProblems(definition).length === 0);
  expect(sound.length).toBeGreaterThan(100);
});

it('the schema of the configuration takes every such definition, and its rules refuse those that are unsound', () => {
  fc.assert(
    fc.property(definitions, ({ id, ...definition }) => {
      const yaml = JSON.stringify({
        name: 'acme',
        sources: { one: { provider: 'github' } },
        providers: { [id]: definition },
      });
      const loaded = parseConfig('w.yaml', yaml, { catalogue, root: '/' });
      const issues = loaded.ok ? 0 : loaded.issues.length;
      expect(issues).toBe(providerProblems({ id, ...definition }).length);
    }),
    { numRuns: 100 },
  );
});
