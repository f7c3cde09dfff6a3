import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { github } from '../../providers/github.ts';
import { gitlab } from '../../providers/gitlab.ts';
import { json } from '../../providers/json.ts';
import { decodeMessage } from '../../src/delivery/wire.ts';
import { openJournalDatabase } from '../../src/local/journal/database.ts';
import { defaultJournalLimits } from '../../src/local/journal/pruning.ts';
import { createJournalStore } from '../../src/local/journal/store.ts';
import { replay, type ReplayOptions } from '../../src/local/replay.ts';
import { createFakeQueue } from '../fakes/queue.ts';
import { sourcePlan } from '../infra/plans.ts';
import { kept } from './api/harness.ts';
import { aRecord, failed, rejected } from './journal/records.ts';

function setUp(changes: Partial<ReplayOptions> = {}) {
  const queue = createFakeQueue();
  const forgotten: string[] = [];
  const run = () =>
    replay({
      source: sourcePlan('github'),
      provider: github,
      kept,
      queue,
      signingSecret: async () => 'the-token',
      forget: (id) => void forgotten.push(id),
      ...changes,
    });
  const sent = () => {
    const [message] = queue.messages;
    return message && decodeMessage(message, Date.now());
  };
  return { queue, forgotten, run, sent };
}

describe('a replay', () => {
  it('puts the delivery into its queue as the endpoint had written it at its arrival', async () => {
    const { run, sent } = setUp();
    await run();
    expect(sent()).toMatchObject({
      ok: true,
      request: {
        requestId: kept.id,
        receivedAt: kept.receivedAt,
        sourceIp: kept.sourceIp,
        headers: kept.headers,
        body: kept.body,
      },
    });
  });

  it('makes a source that remembers completed deliveries forget this one, or it would count as a duplicate', async () => {
    const source = sourcePlan('github');
    const remembering = { ...source, consumer: { ...source.consumer!, deduplicate: { keepSeconds: 60 } } };
    const { run, forgotten } = setUp({ source: remembering });
    await run();
    expect(forgotten).toEqual(['delivery-1']);
    const other = setUp();
    await other.run();
    expect(other.forgotten).toEqual([]);
  });

  it('gives a delivery that was verified by its token the token of the source, for none is kept', async () => {
    const { run, sent } = setUp({
      provider: gitlab,
      source: sourcePlan('gitlab', { provider: 'gitlab', verify: 'secret-token' }),
      kept: { ...kept, provider: 'gitlab' },
    });
    await run();
    expect(sent()).toMatchObject({ request: { headers: { ...kept.headers, 'x-gitlab-token': 'the-token' } } });
  });

  it('gives it to no delivery that was not verified: a stranger’s would pass', async () => {
    const stranger = { ...kept, deliveryId: undefined };
    const source = sourcePlan('gitlab', { provider: 'gitlab', verify: 'secret-token' });
    const { run, queue } = setUp({ provider: gitlab, source, kept: stranger });
    await expect(run()).rejects.toMatchObject({ code: 'usage' });
    expect(queue.messages).toEqual([]);
  });

  it.each([
    ['that nobody had to sign', { secretVersion: undefined }],
    ['of another provider', { provider: 'github' }],
  ])('gives it to none %s, which counted as verified before the source was changed', async (_what, changes) => {
    const earlier = { ...kept, provider: 'gitlab', ...changes };
    const source = sourcePlan('gitlab', { provider: 'gitlab', verify: 'secret-token' });
    const { run, queue } = setUp({ provider: gitlab, source, kept: earlier });
    await expect(run()).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('came before') });
    expect(queue.messages).toEqual([]);
  });

  it('gives it to one that was verified once, whatever became of later attempts: a secret that was changed, or missing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hookport-replay-'));
    const store = createJournalStore(
      openJournalDatabase(join(folder, 'journal.db'), Date.now).database,
      Date.now,
      defaultJournalLimits,
    );
    try {
      const record = { provider: 'gitlab', source: 'gitlab' };
      store.append([aRecord({ ...record, outcome: failed })]);
      const unverified = { deliveryId: undefined, eventType: undefined, secretVersion: undefined };
      store.append([aRecord({ ...record, ...unverified, attempt: 2, outcome: rejected, deadLettered: true })]);
      const source = sourcePlan('gitlab', { provider: 'gitlab', verify: 'secret-token' });
      const { run, sent } = setUp({ provider: gitlab, source, kept: store.read('req-1')! });
      await run();
      expect(sent()).toMatchObject({ request: { headers: { 'x-gitlab-token': 'the-token' } } });
    } finally {
      store.close();
      rmSync(folder, { recursive: true });
    }
  });

  it('submits nothing of another provider where nothing is signed: what that one’s signature refused would pass', async () => {
    const forged = { ...kept, deliveryId: undefined, secretVersion: undefined };
    const source = sourcePlan('github', { provider: 'json', unsigned: true });
    const { run, queue } = setUp({ provider: json, source, kept: forged });
    await expect(run()).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('nothing would verify'),
    });
    expect(queue.messages).toEqual([]);
  });

  it('submits nothing that was refused where nothing is signed: of a provider of one’s own, which signed until then', async () => {
    const forged = { ...kept, provider: 'json', deliveryId: undefined, secretVersion: undefined };
    const source = sourcePlan('github', { provider: 'json', unsigned: true });
    const { run, queue } = setUp({ provider: json, source, kept: forged });
    await expect(run()).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('was not verified') });
    expect(queue.messages).toEqual([]);
  });

  it('refuses what never was a request', async () => {
    const { run, queue } = setUp({ kept: { ...kept, sourceIp: undefined } });
    await expect(run()).rejects.toMatchObject({ code: 'usage' });
    expect(queue.messages).toEqual([]);
  });
});
