import { expect, it } from 'vitest';
import { smokeTest } from '../../../src/cli/aws/smoke-test.ts';
import { gateway, sourcePlan } from '../../local/gateway/harness.ts';

const jwt = { issuer: 'http://127.0.0.1:9', audience: ['app'], scopes: [] };

it('expects a source with `authorize` to ask for a token, and is not content with one that lets everybody in', async () => {
  const { url, kept } = await gateway({
    sources: [sourcePlan('guarded', [], { authorize: { jwt } }), sourcePlan('open', [])],
  });
  const urls = new Map(['guarded', 'open'].map((id) => [id, `${url}/${id}`]));
  const results = async (...authorized: string[]) =>
    (await smokeTest(urls, { attempts: 1, authorized: new Set(authorized) })).map(({ ok, meaning }) => [ok, meaning]);
  const reaches = 'reaches its queue (SQS refused the empty probe, as it should)';
  expect(await results('guarded')).toEqual([
    [true, 'asks for a token, as it should'],
    [true, reaches],
  ]);
  expect(await results('guarded', 'open')).toEqual([
    [true, 'asks for a token, as it should'],
    [false, 'lets in what has no token'],
  ]);
  expect(await results()).toEqual([
    [false, 'answered 401: the route asks for a token'],
    [true, reaches],
  ]);
  expect(kept).toEqual([]);
});
