import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { secretVariable } from '../../src/secrets/variables.ts';
import { ownRequest, ownSources, ownSourcesYaml } from '../fixtures/own-providers.ts';
import { type RunningMachine, TestMachine } from './platform-harness.ts';

const machine = new TestMachine(ownSourcesYaml('test/fixtures/handlers/note-effects.ts'));
let running: RunningMachine;

function setSecrets(change: (secret: string) => string): void {
  for (const [id, { secret }] of Object.entries(ownSources)) process.env[secretVariable(id)] = change(secret);
}

beforeAll(async () => {
  setSecrets(() => 'pasted from the wrong tab');
  running = await machine.start();
});
afterAll(async () => {
  await running.stop();
  machine.remove();
  for (const id of Object.keys(ownSources)) delete process.env[secretVariable(id)];
});

async function post(id: string, { headers, query = '', body }: ReturnType<typeof ownRequest>): Promise<number> {
  return (await fetch(`${running.gateway}/${id}${query}`, { method: 'POST', headers, body })).status;
}

test('a dead letter of a wrong secret is handled by a redrive after the fix', async () => {
  const sources = ['acme-hmac', 'acme-signed-query'];
  for (const source of sources) {
    expect(await post(source, ownRequest(source, 'evt_0'))).toBe(200);
    const [delivery] = await running.until(source, ([first]) => first !== undefined);
    expect(delivery).toMatchObject({ outcome: 'rejected', reason: 'signature_mismatch', deadLettered: true });
    const explained = await fetch(`${running.api}/deliveries/${delivery?.requestId}/verification`);
    const { findings } = (await explained.json()) as { findings: { advice: string }[] };
    expect(findings[0]?.advice).toContain('`message` of the definition');
  }
  await running.stop();
  setSecrets((secret) => secret);
  running = await machine.start();
  for (const source of sources) {
    // The id is in the body of the one, and in the query of the other.
    expect(await running.redrive({ source, ids: ['evt_0'] })).toMatchObject({ moved: 1, skipped: {} });
    await running.until(source, ([first]) => first?.outcome === 'handled');
  }
});

describe.each(Object.keys(ownSources))('a source of %s, which the configuration declares', (id) => {
  test('is handled once node:crypto signed it, and says its event type', async () => {
    const before = (await running.deliveries(id)).length;
    expect(await post(id, ownRequest(id, 'evt_1'))).toBe(200);
    const [delivery] = await running.until(id, (all) => all.length > before);
    expect(delivery).toMatchObject({ outcome: 'handled', eventType: 'order.created' });
  });
});

const signing = Object.keys(ownSources).filter((id) => id !== 'acme-none');

test.each(signing)('what comes to %s without its credential is rejected', async (id) => {
  const { headers, query, body } = ownRequest(id, 'evt_2');
  const spoilt = Object.entries(headers).filter(([name]) => !/signature|token|authorization/.test(name));
  const spoiltQuery = query?.replace(/&token=.*/, '') ?? '';
  expect(await post(id, { headers: Object.fromEntries(spoilt), query: spoiltQuery, body })).toBe(200);
  const [delivery] = await running.until(id, ([first]) => first?.outcome === 'rejected');
  expect(delivery).toMatchObject({ outcome: 'rejected', reason: 'missing_signature', deadLettered: true });
});
