import { describe, expect, it } from 'vitest';
import { catalogue } from '../../providers/index.ts';
import { loadGuide } from '../../providers/samples/index.ts';
import { providerContract } from '../contract/provider.ts';

const entries = await Promise.all(
  catalogue.ids().map(async (id) => ({ id, provider: catalogue.get(id), guide: await loadGuide(id) })),
);

it('has a guide for every provider', () => {
  expect(entries.length).toBeGreaterThan(0);
  expect(entries.filter(({ guide }) => guide === undefined)).toEqual([]);
});

describe.each(entries)('$id', async ({ provider, guide }) => {
  if (provider && guide) providerContract(provider, guide, await guide.samples());
});
