import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HookportError } from '../../../src/errors.ts';
import { type Harness, startHarness } from './harness.ts';

let running: Harness;
let got: { url: string | undefined; headers: IncomingHttpHeaders; body: string }[];
/** A gateway that keeps what it gets. */
const gateway = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
  request.on('end', () => {
    got.push({ url: request.url, headers: request.headers, body });
    response.end('<SendMessageResponse><MessageId>m-1</MessageId></SendMessageResponse>');
  });
});

beforeEach(async () => {
  got = [];
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  const { port } = gateway.address() as AddressInfo;
  running = await startHarness({ gatewayUrl: `http://127.0.0.1:${port}` });
});
afterEach(async () => {
  gateway.closeAllConnections();
  gateway.close();
  await running.api.close();
});

const send = (body: unknown) =>
  running.ask('/api/send', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const push = {
  source: 'github',
  headers: { 'content-type': 'application/json', 'x-github-event': 'push' },
  body: '{"a":1}',
};

describe('POST /api/send', () => {
  it('signs with the source’s secret and posts what it was given', async () => {
    const answer = await send(push);
    expect(answer).toMatchObject({ status: 200, json: [{ what: null, status: 200, messageId: 'm-1', why: null }] });
    const signature = createHmac('sha256', 'a secret').update('{"a":1}').digest('hex');
    expect(got).toMatchObject([
      {
        url: '/github',
        body: '{"a":1}',
        headers: { 'x-github-event': 'push', 'x-hub-signature-256': `sha256=${signature}` },
      },
    ]);
    expect(JSON.stringify(answer)).not.toMatch(new RegExp(`${signature}|a secret`));
  });

  it('sends what nobody should, and says what must become of it', async () => {
    const { json } = await send({ ...push, mode: 'no-signature' });
    expect(json).toMatchObject([{ what: expect.any(String), expected: 'rejected: missing_signature' }]);
    expect(got[0]?.headers['x-hub-signature-256']).toBeUndefined();
  });

  it.each([
    [{ ...push, source: 'nobody' }, 404],
    [{ ...push, mode: 'gently' }, 400],
    [{ ...push, mode: '__proto__' }, 400],
    [{ ...push, body: 1 }, 400],
    [{ ...push, headers: { a: 'b\r\nc: d' } }, 400],
    [{ ...push, headers: { 'a b': 'c' } }, 400],
    [{ ...push, headers: { a: '€' } }, 400],
    [{ ...push, headers: { a: '\u0001' } }, 400],
    [{ ...push, headers: ['a'] }, 400],
    [{ ...push, mode: 'stale' }, 409],
  ])('refuses %j with %i, and sends nothing', async (body, status) => {
    expect(await send(body)).toMatchObject({ status, json: { error: expect.any(String) } });
    expect(got).toEqual([]);
  });

  it('says that the source has no secret', async () => {
    await running.api.close();
    const senderOf = () => Promise.reject(new HookportError('secret_missing', 'github has no secret to sign with'));
    running = await startHarness({ senderOf });
    expect(await send(push)).toMatchObject({ status: 409, json: { error: expect.stringContaining('no secret') } });
  });
});

describe('samples and guides', () => {
  it('lists a provider’s samples, and gives one under an id of its own', async () => {
    const { json: list } = await running.ask('/api/sources/zendesk/samples');
    expect(list).toContainEqual({ event: expect.any(String), bytes: expect.any(Number) });
    const [one, two] = [
      await running.ask('/api/sources/github/samples/0'),
      await running.ask('/api/sources/github/samples/0'),
    ];
    expect(one.json).toMatchObject({ event: 'push', headers: { 'x-github-event': 'push' } });
    expect(one.json).not.toEqual(two.json);
    expect((await running.ask('/api/sources/github/samples/99999')).status).toBe(404);
    expect((await running.ask('/api/sources/nobody/samples')).status).toBe(404);
  });

  it('tells how to register, with the URL in its place', async () => {
    const { json } = await running.ask('/api/sources/github/guide');
    expect(json).toMatchObject({
      secretFrom: 'you',
      secretVariable: 'GITHUB_WEBHOOK_SECRET',
      docs: expect.any(String),
    });
    expect(JSON.stringify(json)).toMatch(/Payload URL: http:\/\/127\.0\.0\.1:\d+\/github/);
    const { modes } = json as { modes: { name: string; inapplicable: string | null }[] };
    expect(modes.find(({ name }) => name === 'stale')?.inapplicable).not.toBeNull();
    expect(modes.find(({ name }) => name === 'tamper')?.inapplicable).toBeNull();
  });
});
