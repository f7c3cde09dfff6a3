import { expect, test } from 'vitest';
import { checkProvider } from '../../src/cli/check-provider.ts';
import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { Provider } from '../../src/catalogue/provider.ts';
import { typeform } from '../../providers/typeform.ts';

const samples = [jsonSample('ping', { event_type: 'ping', event_id: '1' })];

test('a sound definition passes every check that applies to it', async () => {
  const rows = await checkProvider(typeform, samples);
  expect(rows.filter(({ result }) => result === 'failed')).toEqual([]);
  expect(rows.filter(({ result }) => result === 'ok').length).toBeGreaterThan(15);
});

test('so does one whose signature has 64 bytes in base64url, which may have its two characters of padding', async () => {
  const { verify } = typeform;
  const signature = { header: 'typeform-signature', encoding: 'base64url' } as const;
  const rows = await checkProvider({ ...typeform, verify: { ...verify, hash: 'sha512', signature } }, samples);
  expect(rows.filter(({ result }) => result === 'failed')).toEqual([]);
});

test('a definition that does not sign its timestamp fails where the timestamp is flipped', async () => {
  const { verify } = typeform;
  const unsound: Provider = { ...typeform, verify: { ...verify, timestamp: unsigned } };
  const rows = await checkProvider(unsound, samples);
  expect(rows.filter(({ result }) => result === 'failed').map(({ check }) => check)).toContain(
    'refuses every flipped bit of the signature, the timestamp and the signed headers',
  );
});

const unsigned = { from: { header: 'typeform-stamp' }, unit: 'seconds', toleranceSeconds: 300 } as const;
