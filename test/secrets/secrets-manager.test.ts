import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSecretsManagerStore } from '../../src/secrets/secrets-manager.ts';
import { startSecretsManager } from './local-secrets-manager.ts';

const start = 1_795_000_000_000;
const day = 24 * 3_600_000;

describe('secrets in Secrets Manager', () => {
  let server: Awaited<ReturnType<typeof startSecretsManager>>;
  let now = start;
  let loads = 0;
  const store = () =>
    createSecretsManagerStore({
      client: () => {
        loads += 1;
        const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
        return Promise.resolve(
          new SecretsManagerClient({ endpoint: server.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 }),
        );
      },
      secretId: (source) => `acme/${source}`,
      clock: () => now,
    });
  const rotate = (current: string, previous?: string) => {
    server.secrets['acme/github'] = { current, changedAt: new Date(now), ...(previous !== undefined && { previous }) };
  };

  beforeEach(async () => {
    now = start;
    loads = 0;
    server = await startSecretsManager({});
    rotate('one');
  });
  afterEach(() => server.close());

  it('gives the current version, read now', async () => {
    expect(await store().read('github')).toEqual({ secrets: [{ version: 'current', value: 'one' }], readAt: start });
  });

  it('gives the previous version too for 7 days after the rotation', async () => {
    rotate('two', 'one');
    now += 7 * day - 1;
    const both = await store().read('github');
    expect(both.secrets.map(({ value }) => value)).toEqual(['two', 'one']);
    now += 1;
    expect((await store().read('github')).secrets.map(({ value }) => value)).toEqual(['two']);
  });

  it('says that a binary value is no text, instead of that there is none; a previous one does not matter', async () => {
    server.secrets['acme/github'] = { current: 'one', changedAt: new Date(now), binary: 'current' };
    await expect(store().read('github')).rejects.toMatchObject({
      code: 'secret_unusable',
      message: expect.stringContaining('acme/github holds a binary value'),
    });
    server.secrets['acme/github'] = { current: 'two', previous: 'one', changedAt: new Date(now), binary: 'previous' };
    expect((await store().read('github')).secrets.map(({ value }) => value)).toEqual(['two']);
  });

  it('says that key/value pairs are no secret, instead of refusing every delivery by them; previous ones do not count', async () => {
    const pairs = '{"GITHUB_WEBHOOK_SECRET":"one"}';
    rotate(pairs);
    const told = store().read('github');
    await expect(told).rejects.toMatchObject({
      code: 'secret_unusable',
      message: expect.stringContaining('acme/github holds key/value pairs'),
    });
    await expect(told).rejects.not.toThrow('GITHUB');
    rotate('two', pairs);
    expect((await store().read('github')).secrets.map(({ value }) => value)).toEqual(['two']);
    // Not all that looks like JSON is what the console makes.
    for (const value of ['{not json}', '"one"', '12345678901234567890', '["one"]']) {
      rotate(value);
      expect((await store().read('github')).secrets).toEqual([{ version: 'current', value }]);
    }
  });

  it('gives nothing for a secret without a value', async () => {
    delete server.secrets['acme/github'];
    expect((await store().read('github')).secrets).toEqual([]);
  });

  it('asks once for many deliveries at the same time, and not again while the answer is fresh', async () => {
    const one = store();
    await Promise.all(Array.from({ length: 20 }, () => one.read('github')));
    now += 4 * 60_000;
    await one.read('github');
    expect(server.state.calls).toBe(2);
    expect(loads).toBe(2);
  });

  it('reads again when a delivery arrived after the last read, once a minute at most', async () => {
    const one = store();
    await one.read('github');
    rotate('two', 'one');
    now += 59_999;
    expect((await one.read('github', { notBefore: now })).readAt).toBe(start);
    now += 1;
    const again = await one.read('github', { notBefore: now });
    expect(again.readAt).toBe(now);
    expect(again.secrets[0]?.value).toBe('two');
  });

  it('sees within five minutes that a version was revoked', async () => {
    rotate('two', 'one');
    const one = store();
    expect((await one.read('github')).secrets).toHaveLength(2);
    rotate('two');
    now += 5 * 60_000;
    expect((await one.read('github')).secrets).toHaveLength(1);
  });

  it('gives all that ask while it reads again what it then reads, and none what it knew before', async () => {
    rotate('two', 'leaked');
    const one = store();
    await one.read('github');
    rotate('two');
    now += 5 * 60_000;
    const sets = await Promise.all(Array.from({ length: 10 }, () => one.read('github')));
    expect(sets.map(({ secrets }) => secrets.length)).toEqual(sets.map(() => 1));
    // A batch after a change at the provider: each of its deliveries gets the second look, not the first alone.
    rotate('three', 'two');
    now += 60_000;
    const again = await Promise.all(Array.from({ length: 10 }, () => one.read('github', { notBefore: now })));
    expect(new Set(again.map(({ readAt }) => readAt))).toEqual(new Set([now]));
    expect(server.state.calls).toBe(2 + 2 + 2);
  });

  it('goes on with what it knows while Secrets Manager is away, and says how old that is', async () => {
    const one = store();
    await one.read('github');
    server.state.down = true;
    now += 10 * 60_000;
    const known = await one.read('github', { notBefore: now });
    expect(known).toEqual({ secrets: [{ version: 'current', value: 'one' }], readAt: start });
  });

  it('reads again when the clock was set back, and never says that it did at a time that is still to come', async () => {
    const one = store();
    await one.read('github');
    rotate('two', 'one');
    now -= 3 * 3_600_000;
    expect(await one.read('github', { notBefore: now })).toMatchObject({
      secrets: [{ value: 'two' }, {}],
      readAt: now,
    });
    now -= 3 * 3_600_000;
    server.state.down = true;
    expect((await one.read('github', { notBefore: now })).readAt).toBeLessThan(now);
  });

  it('rejects when it knows nothing and cannot read, so that the delivery waits', async () => {
    server.state.down = true;
    await expect(store().read('github')).rejects.toThrow('down');
  });
});
