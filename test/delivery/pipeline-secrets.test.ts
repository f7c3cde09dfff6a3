import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HookportError } from '../../src/errors.ts';
import { setUpPipeline as setUp } from '../fakes/pipeline.ts';
import { createFakeSecrets } from '../fakes/source.ts';

const now = 1_700_000_000_000;
beforeEach(() => void vi.useFakeTimers({ now, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

/** The next read gives this secret. */
function changed(secrets: ReturnType<typeof createFakeSecrets>, value: string): void {
  secrets.reread = () => {
    secrets.readAt = now;
    secrets.secrets = [{ version: 'new', value }];
  };
}

describe('secrets', () => {
  test.each([[[]], [['']], [['  \n']]])(
    'that are missing or empty (%j) fail a delivery and do not reject it',
    async (values) => {
      const { run } = setUp({ secrets: createFakeSecrets(...values) });
      expect((await run()).outcome).toMatchObject({ kind: 'failed', reason: 'secret_missing' });
    },
  );

  test('that cannot be read fail a delivery, with the reason', async () => {
    const { run, secrets } = setUp();
    secrets.fault = new Error('AccessDenied');
    expect((await run()).outcome).toMatchObject({
      kind: 'failed',
      reason: 'secret_unreadable',
      detail: 'Error: AccessDenied',
    });
  });

  test('that cannot be used fail a delivery', async () => {
    const { run, secrets } = setUp();
    secrets.fault = new HookportError('secret_unusable', 'GITHUB_WEBHOOK_SECRET ends with white space');
    expect((await run()).outcome).toMatchObject({ kind: 'failed', reason: 'secret_unusable' });
    const { outcome } = await setUp({ secrets: createFakeSecrets('trailing\n') }).run();
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'secret_unusable' });
  });

  test('that were read before the delivery arrived are read again on a mismatch, and only then reject', async () => {
    const { run, secrets } = setUp();
    secrets.readAt = now - 60_000;
    const arrival = { secret: 'wrong', at: now - 1000 };
    expect((await run(arrival)).outcome).toMatchObject({ kind: 'rejected', reason: 'signature_mismatch' });
    expect(secrets.reads).toEqual([undefined, { notBefore: now - 1000 }]);
  });

  test('that were read before the delivery came back by a redrive are read again: it is usually done since they changed', async () => {
    const { run, secrets } = setUp();
    secrets.readAt = now - 500;
    changed(secrets, 'mended');
    const { outcome } = await run({ secret: 'mended', at: now - 1000 }, { sentAt: now - 10 });
    expect(outcome).toEqual({ kind: 'handled' });
    expect(secrets.reads).toEqual([undefined, { notBefore: now - 10 }]);
  });

  test('that are read now reject also while the clock, which was set back, is behind that of the queue', async () => {
    const { run, secrets } = setUp();
    secrets.readAt = now - 1000;
    const { outcome } = await run({ secret: 'wrong' }, { sentAt: now + 5 * 3_600_000 });
    expect(outcome).toMatchObject({ kind: 'rejected', reason: 'signature_mismatch' });
    expect(secrets.reads).toEqual([undefined, { notBefore: now }]);
  });

  test('that changed meanwhile let the delivery through after the second look', async () => {
    const { run, secrets } = setUp();
    secrets.readAt = now - 60_000;
    changed(secrets, 'rotated');
    expect(await run({ secret: 'rotated' })).toMatchObject({ outcome: { kind: 'handled' }, secretVersion: 'new' });
  });

  test('that the store will not read again yet make the delivery wait less than a minute', async () => {
    const { run, secrets } = setUp();
    secrets.readAt = now - 30_000;
    secrets.reread = () => undefined;
    const { outcome } = await run({ secret: 'wrong' });
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'secret_maybe_old' });
    expect(outcome).toHaveProperty(
      'retryAfterSeconds',
      expect.toSatisfy((seconds: number) => seconds > 0 && seconds < 60),
    );
  });

  test('that were read over a minute ago reject nothing, though the delivery arrived before that', async () => {
    const { run, secrets } = setUp();
    secrets.readAt = now - 61_000;
    changed(secrets, 'rotated');
    const waited = { secret: 'rotated', at: now - 100_000 };
    expect(await run(waited)).toMatchObject({ outcome: { kind: 'handled' }, secretVersion: 'new' });
    secrets.readAt = now - 61_000;
    secrets.reread = () => undefined;
    expect((await run({ secret: 'wrong', at: now - 100_000 })).outcome).toMatchObject({ reason: 'secret_maybe_old' });
    secrets.readAt = now - 59_000;
    expect((await run({ secret: 'wrong', at: now - 100_000 })).outcome).toMatchObject({ kind: 'rejected' });
  });

  test('that cannot be read a second time make the delivery wait, not be rejected', async () => {
    const { run, secrets } = setUp();
    secrets.readAt = now - 30_000;
    secrets.reread = () => (secrets.fault = new Error('throttled'));
    expect((await run({ secret: 'wrong' })).outcome).toMatchObject({ kind: 'failed', reason: 'secret_unreadable' });
  });

  test('that were read after the arrival are not read again for a forged delivery', async () => {
    const { run, secrets } = setUp();
    await run({ secret: 'wrong', at: now - 10 });
    expect(secrets.reads).toEqual([undefined]);
  });

  test('are not read again for what no secret could mend', async () => {
    const { run, secrets } = setUp();
    secrets.readAt = 0;
    await run({ headers: { 'x-hub-signature-256': '' } });
    expect(secrets.reads).toEqual([undefined]);
  });

  test('that are missing are looked for once more', async () => {
    const secrets = createFakeSecrets();
    secrets.readAt = 0;
    changed(secrets, 'right');
    expect((await setUp({ secrets }).run()).outcome).toEqual({ kind: 'handled' });
  });
});
