import { describe, expect, it } from 'vitest';
import { github } from '../../providers/github.ts';
import { gitlab } from '../../providers/gitlab.ts';
import { json } from '../../providers/json.ts';
import { guide as githubGuide } from '../../providers/samples/github.ts';
import { encodeMessage } from '../../src/delivery/wire.ts';
import { HookportError } from '../../src/errors.ts';
import { explainKept, type ExplainOptions } from '../../src/local/explain-kept.ts';
import { sourcePlan } from '../infra/plans.ts';
import { mac } from '../signature/schemes.ts';
import { kept } from './api/harness.ts';

const rejected = {
  ...kept,
  deliveryId: undefined,
  headers: { 'x-hub-signature-256': `sha256=${mac(kept.body, 'b')}` },
};
const secretsOf: Record<string, string> = { github: 'a', other: 'b' };

function explain(changes: Partial<ExplainOptions> = {}) {
  return explainKept({
    source: sourcePlan('github'),
    sources: [sourcePlan('github'), sourcePlan('other')],
    provider: github,
    secrets: {
      read: async (source) => ({ secrets: [{ version: 'current', value: secretsOf[source] ?? '' }], readAt: 0 }),
    },
    deadLetterQueue: { list: async () => ({ messages: [] }) },
    kept: rejected,
    ...changes,
  });
}

describe('the explanation of a kept delivery', () => {
  it('tells the steps, and that the secret is another source’s', async () => {
    const { steps, findings } = await explain();
    expect(steps.map(({ title }) => title)).toEqual(['Signature', 'Signed content', 'Key', 'Comparison']);
    expect(findings).toMatchObject([{ code: 'secret_of_other_source', text: expect.stringContaining('"other"') }]);
  });

  it('finds nothing wrong with one that was verified', async () => {
    expect((await explain({ kept: { ...rejected, deliveryId: 'x' } })).findings).toEqual([]);
  });

  it('tells why one is refused now that was verified at its first attempt, before the secret changed', async () => {
    const since = { ...rejected, deliveryId: 'x', outcome: 'rejected', reason: 'signature_mismatch' } as const;
    expect((await explain({ kept: since })).findings).toMatchObject([{ code: 'secret_of_other_source' }]);
  });

  it('tells that the newest secret is another credential of the provider, by what the guide says', async () => {
    const read = async () => ({ secrets: [{ version: 'current', value: 'ghp_0123' }], readAt: 0 });
    const { findings } = await explain({ secrets: { read }, guide: githubGuide });
    expect(findings).toMatchObject([
      { code: 'other_credential', text: expect.stringContaining('a personal access token') },
    ]);
  });

  it('tells why the secret cannot be used', async () => {
    const read = () =>
      Promise.reject(new HookportError('secret_unusable', 'GITHUB_WEBHOOK_SECRET begins with white space'));
    const { findings } = await explain({ secrets: { read } });
    expect(findings[0]).toMatchObject({ code: 'no_secret', text: expect.stringContaining('white space') });
  });

  it('says that the source has another provider by now, instead of what that one would miss in it', async () => {
    const source = sourcePlan('github', { provider: 'gitlab', verify: 'signing-token' });
    const { steps, findings } = await explain({ provider: gitlab, source });
    expect(steps[0]).toMatchObject({ title: 'Provider', text: expect.stringContaining('a delivery of github') });
    expect(findings).toEqual([]);
    const refused = { ...rejected, provider: 'json', reason: 'other_provider' } as const;
    const unsigned = sourcePlan('github', { provider: 'json', unsigned: true });
    const explained = await explain({ provider: json, source: unsigned, kept: refused });
    expect(explained.steps[0]).toMatchObject({ title: 'Provider', state: 'failed' });
  });

  it('says of what is no request that it is none', async () => {
    const { steps, findings } = await explain({ kept: { ...rejected, sourceIp: undefined } });
    expect(steps).toMatchObject([{ title: 'Queue message', state: 'failed' }]);
    expect(findings).toEqual([]);
  });

  it('takes a static token from the dead letter, where it still is, and tells it to nobody', async () => {
    const source = sourcePlan('github', { provider: 'gitlab', verify: 'secret-token' });
    const token = { provider: gitlab, source, kept: { ...rejected, provider: 'gitlab', headers: {} } };
    expect((await explain(token)).findings).toMatchObject([{ code: 'credential_not_kept' }]);
    const { id: requestId, receivedAt, body } = kept;
    const headers = { 'x-gitlab-token': 'b' };
    const at = { messageId: 'm', sentAt: receivedAt, enteredAt: receivedAt, visibleAt: receivedAt, receiveCount: 1 };
    const message = { ...encodeMessage({ requestId, receivedAt, sourceIp: '203.0.113.7', headers, body }), ...at };
    const list = async () => ({ messages: [message] });
    expect((await explain({ ...token, deadLetterQueue: { list } })).findings).toMatchObject([
      { code: 'secret_of_other_source' },
    ]);
  });

  it('tells that it carries the token of another way of signing, from the dead letter', async () => {
    const { id: requestId, receivedAt, body } = kept;
    const at = { messageId: 'm', sentAt: receivedAt, enteredAt: receivedAt, visibleAt: receivedAt, receiveCount: 1 };
    const headers = { 'x-gitlab-token': 'a' };
    const message = { ...encodeMessage({ requestId, receivedAt, sourceIp: '203.0.113.7', headers, body }), ...at };
    const { findings } = await explain({
      provider: gitlab,
      source: sourcePlan('github', { provider: 'gitlab', verify: 'signing-token' }),
      kept: { ...rejected, provider: 'gitlab', headers: {} },
      deadLetterQueue: { list: async () => ({ messages: [message] }) },
    });
    expect(findings[0]).toMatchObject({
      code: 'other_way_of_signing',
      advice: expect.stringContaining('secret-token'),
    });
  });
});
