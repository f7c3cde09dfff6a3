import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { deepFreeze } from '../catalogue/deep-freeze.ts';
import { genericSample } from '../catalogue/generic-sample.ts';
import { jsonSample } from '../catalogue/json-sample.ts';
import { withLowerCaseNames } from '../catalogue/lower-case-names.ts';
import type { DataProvider, ProviderGuide, Sample, Vector } from '../catalogue/provider.ts';
import { schemesOf } from '../catalogue/scheme-of.ts';
import { withPublishedSecrets } from '../catalogue/published-secrets.ts';
import type { OwnProvider } from './config.ts';
import type { RawProvider } from './provider-schema.ts';

/** What a provider in the YAML comes to: what verifies, and what people need besides. */
export function toOwnProvider(id: string, raw: RawProvider, root: string): OwnProvider {
  const { setup, secretFrom, samples, vectors, name, ...fields } = raw;
  const plain: DataProvider = { id, name: name ?? id, ...fields };
  const published = (vectors ?? []).map(({ secret }) => secret);
  const definition = deepFreeze(withPublishedSecrets(plain, published));
  const guide: ProviderGuide = {
    id,
    setup: setup ?? [],
    secretFrom: secretFrom ?? makerOf(definition),
    samples: async () =>
      samples ? Promise.all(samples.map((each) => toSample(each, root))) : [genericSample(definition)],
    ...(vectors && { vectors: () => Promise.all(vectors.map((each) => toVector(each, root))) }),
  };
  return { definition, guide };
}

/** Who makes the secret, where the configuration does not say: its ways of signing tell what it is, if it is the same in each. */
function makerOf(provider: DataProvider): ProviderGuide['secretFrom'] {
  const schemes = Object.values(schemesOf(provider));
  if (schemes.every(({ scheme }) => scheme === 'publicKey')) return 'publicKey';
  return schemes.every(({ scheme }) => scheme === 'none') ? 'none' : 'you';
}

type RawSample = NonNullable<RawProvider['samples']>[number];
type RawVector = NonNullable<RawProvider['vectors']>[number];

async function toSample(
  { event, headers = {}, query, payload, verify, ...body }: RawSample,
  root: string,
): Promise<Sample> {
  const rest = { ...(query && { query }), ...(verify !== undefined && { verify }) };
  const sent = withLowerCaseNames(headers);
  if (payload !== undefined) return { ...jsonSample(event, payload, sent), ...rest };
  return { event, headers: sent, body: (await bodyOf(body, root)).toString(), ...rest };
}

async function toVector({ body, bodyFile, receivedAt, ...vector }: RawVector, root: string): Promise<Vector> {
  return {
    ...vector,
    headers: withLowerCaseNames(vector.headers),
    body: await bodyOf({ body, bodyFile }, root),
    ...(receivedAt !== undefined && { receivedAt: Date.parse(receivedAt) }),
  };
}

async function bodyOf(
  { body, bodyFile }: { body?: string | undefined; bodyFile?: string | undefined },
  root: string,
): Promise<Buffer> {
  return bodyFile === undefined ? Buffer.from(body ?? '') : readFile(resolve(root, bodyFile));
}
