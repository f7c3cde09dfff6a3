import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { catalogue } from '../../providers/index.ts';
import { schemeOf } from '../../src/catalogue/scheme-of.ts';
import { localSecrets } from '../../src/local/secrets.ts';
import { sign } from '../../src/signature/sign.ts';
import { verify } from '../../src/signature/verify.ts';
import { sourcePlan } from '../infra/plans.ts';

const folder = mkdtempSync(join(tmpdir(), 'hookport-changed-provider-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What verifies and what signs for the source, after a start with that provider. */
async function startedWith(id: string) {
  const provider = catalogue.get(id)!;
  const secrets = localSecrets({
    root: folder,
    dataFolder: folder,
    sources: [sourcePlan('hub', { provider: id })],
    catalogue,
    environment: {},
  });
  const [secret] = (await secrets.read('hub')).secrets;
  const scheme = schemeOf(provider);
  const request = {
    body: Buffer.from('{"type":"x"}'),
    headers: { 'content-type': 'application/json', 'svix-id': 'msg_1' },
    timestamp: Date.now(),
  };
  const signed = await sign(scheme, request, (await secrets.signingSecret('hub'))!);
  const verdict = await verify(
    scheme,
    { body: request.body, headers: { ...request.headers, ...signed.headers }, receivedAt: request.timestamp },
    [secret!.value],
  );
  return { verdict, secret: secret!.value };
}

test('a source whose provider is changed has a made-up secret in the form of the new one, and its own when it is changed back', async () => {
  const first = await startedWith('github');
  expect(first.verdict).toMatchObject({ ok: true });
  // A text in a form of its own, a key pair, and the first again.
  expect((await startedWith('svix')).verdict).toMatchObject({ ok: true });
  expect((await startedWith('sendgrid')).verdict).toMatchObject({ ok: true });
  expect(await startedWith('github')).toMatchObject({ verdict: { ok: true }, secret: first.secret });
});

test('a source that goes over from a key pair has no use for its public key', async () => {
  expect((await startedWith('sendgrid')).verdict).toMatchObject({ ok: true });
  expect((await startedWith('stripe')).verdict).toMatchObject({ ok: true });
});
