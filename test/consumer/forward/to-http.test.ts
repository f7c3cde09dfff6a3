import type { Socket } from 'node:net';
import { type CloudEvent, HTTP } from 'cloudevents';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { forwardToHttp } from '../../../src/consumer/forward/to-http.ts';
import type { VerifiedDelivery } from '../../../src/delivery/delivery.ts';
import { HookportError } from '../../../src/errors.ts';
import type { HttpForwardPlan } from '../../../src/plan/plan.ts';
import { verifiedDelivery } from '../../fakes/delivery.ts';
import { startReceiver } from '../../fakes/http-receiver.ts';
import { createFakeSecrets } from '../../fakes/source.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const newer = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;

let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeEach(async () => void (receiver = await startReceiver()));
afterEach(() => receiver.close());

function forward(options: { secrets?: string[]; url?: string; timeoutSeconds?: number; now?: number } = {}) {
  const plan: HttpForwardPlan = {
    url: options.url ?? `${receiver.url}/hooks?to=inside`,
    timeoutSeconds: options.timeoutSeconds ?? 5,
    secret: { name: 'acme/github/forward', existing: false },
  };
  const secrets = createFakeSecrets(...(options.secrets ?? [secret]));
  const clock = () => options.now ?? Date.now();
  const dispatch = forwardToHttp({ plan, source: 'github', secrets, clock });
  const one = async (change: Partial<VerifiedDelivery> = {}) => (await dispatch([verifiedDelivery(change)]))[0];
  return { dispatch, one, secrets };
}

/** What the libraries take: one text for each header. */
const plainHeaders = (headers: object) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

describe('a delivery that is forwarded over HTTP', () => {
  test.each([
    ['standardwebhooks', (key: string) => new StandardWebhook(key)],
    ['svix', (key: string) => new SvixWebhook(key)],
  ])('verifies with the package %s, and no more once a byte is flipped', async (_, library) => {
    expect(await forward().one()).toEqual({ kind: 'handled' });
    const [{ headers, body }] = receiver.requests as [(typeof receiver.requests)[0]];
    expect(() => library(secret).verify(body, plainHeaders(headers))).not.toThrow();
    expect(() => library(newer).verify(body, plainHeaders(headers))).toThrow(/signature/i);
    const flipped = Buffer.from(body);
    flipped[2] = (flipped[2] ?? 0) ^ 1;
    expect(() => library(secret).verify(flipped, plainHeaders(headers))).toThrow(/signature/i);
  });

  test('is signed with the old secret too while it changes, so that a receiver may hold either', async () => {
    await forward({ secrets: [newer, secret] }).one();
    const [{ headers, body }] = receiver.requests as [(typeof receiver.requests)[0]];
    for (const key of [secret, newer])
      expect(new StandardWebhook(key).verify(body, plainHeaders(headers))).toEqual({ a: 'ä' });
  });

  test('is signed with the new secret alone where the old one was a mistake', async () => {
    expect(await forward({ secrets: [secret, 'plain text'] }).one()).toEqual({ kind: 'handled' });
    const [{ headers, body }] = receiver.requests as [(typeof receiver.requests)[0]];
    expect(new StandardWebhook(secret).verify(body, plainHeaders(headers))).toEqual({ a: 'ä' });
    expect(headers['webhook-signature']).not.toContain(' ');
  });

  test('is a CloudEvent in binary mode to the SDK of CloudEvents, beside an untouched body', async () => {
    await forward().one({ eventType: 'pull request', id: 'ä%1' });
    const [{ method, path, headers, body }] = receiver.requests as [(typeof receiver.requests)[0]];
    expect({ method, path, body: body.toString() }).toEqual({
      method: 'POST',
      path: '/hooks?to=inside',
      body: '{"a": "ä" }\n',
    });
    const event = HTTP.toEvent({ headers, body: body.toString() }) as CloudEvent;
    expect(event.validate()).toBe(true);
    expect(event.toJSON()).toMatchObject({
      specversion: '1.0',
      id: '%C3%A4%251',
      source: '/hookport/github/github',
      type: 'github.pull%20request',
      time: '2023-11-14T22:13:20.123Z',
      datacontenttype: 'application/json',
      data: { a: 'ä' },
    });
  });

  test('says that it may be a replay, by an extension of the CloudEvent', async () => {
    await forward().one({ suspectedReplay: true });
    await forward().one();
    const [suspected, other] = receiver.requests.map(({ headers, body }) =>
      (HTTP.toEvent({ headers, body: body.toString() }) as CloudEvent).toJSON(),
    );
    expect(suspected).toMatchObject({ suspectedreplay: 'true' });
    expect(other).not.toHaveProperty('suspectedreplay');
  });

  test('carries the provider’s headers, and neither credentials nor what only Hookport may say', async () => {
    await forward().one({
      headers: {
        'content-type': 'application/json',
        'x-github-event': 'push',
        authorization: 'Basic c2VjcmV0',
        cookie: 'a=b',
        host: 'evil.example.com',
        'webhook-id': 'forged',
        'webhook-signature': 'v1,forged',
        'ce-id': 'forged',
        'content-encoding': 'gzip',
        'x-odd': 'a\u0100b',
      },
    });
    const [{ headers }] = receiver.requests as [(typeof receiver.requests)[0]];
    expect(headers['x-github-event']).toBe('push');
    expect(headers.host).toBe(new URL(receiver.url).host);
    expect(headers['user-agent']).toBe('hookport');
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['authorization']));
    for (const name of ['authorization', 'cookie', 'content-encoding', 'x-odd'])
      expect(headers).not.toHaveProperty(name);
    expect(JSON.stringify(headers)).not.toMatch(/forged|evil/);
  });

  test('says that it is JSON where the provider keeps no content type, or a receiver would not parse it', async () => {
    await forward().one({ headers: {} });
    await forward().one({ headers: {}, body: Buffer.from('a=b') });
    const types = receiver.requests.map(({ headers }) => headers['content-type']);
    expect(types).toEqual(['application/json', undefined]);
  });

  test('has the same webhook-id whenever it comes again, without a full stop, and a timestamp of now', async () => {
    await forward({ now: 1_800_000_000_999 }).one({ attempt: 1 });
    await forward({ now: 1_800_000_100_000 }).one({ attempt: 2 });
    await forward().one({ id: 'a.1700000000.x' });
    const ids = receiver.requests.map(({ headers }) => String(headers['webhook-id']));
    expect(ids.slice(0, 2)).toEqual(Array(2).fill('github_72d3162e-cc78-11e3-81ab-4c9367dc0958'));
    expect(ids[2]).toMatch(/^github_[0-9a-f]{64}$/);
    expect(receiver.requests[0]?.headers['webhook-timestamp']).toBe('1800000000');
  });

  test('uses its connections again', async () => {
    const { one } = forward();
    for (let count = 0; count < 20; count++) await one();
    expect(receiver.requests).toHaveLength(20);
    // A second one, where a request comes before the first has been given back.
    expect(receiver.connections.size).toBeLessThanOrEqual(2);
  });

  test('goes out ten at a time from a large batch, all of it', async () => {
    const waiting: { end(): unknown }[] = [];
    receiver.answer = (response) => {
      waiting.push(response);
      // Not each by itself: a loaded machine may take longer to send ten than one takes to be answered.
      if (waiting.length < 10 && receiver.requests.length < 45) return;
      setTimeout(() => {
        for (const each of waiting.splice(0)) each.end();
      }, 20);
    };
    const batch = Array.from({ length: 45 }, (_, index) => verifiedDelivery({ id: `id-${index}` }));
    const outcomes = await forward().dispatch(batch);
    expect(outcomes).toEqual(batch.map(() => ({ kind: 'handled' })));
    expect(new Set(receiver.requests.map(({ headers }) => headers['ce-id'])).size).toBe(45);
    expect(receiver.mostOpen).toBe(10);
  });
});

describe('what the endpoint answers', () => {
  test.each([200, 201, 202, 204])('%d is handled', async (status) => {
    receiver.answer = (response) => void response.writeHead(status).end();
    expect(await forward().one()).toEqual({ kind: 'handled' });
  });

  test.each([400, 401, 403, 404, 408, 409, 425, 429, 500, 502, 503, 504])('%d is tried again', async (status) => {
    receiver.answer = (response) => void response.writeHead(status).end('a secret of the receiver');
    const outcome = await forward().one();
    expect(outcome).toEqual({
      kind: 'failed',
      reason: 'forward_failed',
      detail: `the endpoint of the forward answered ${status}`,
    });
  });

  test.each([410, 413, 415, 422])('%d refuses the delivery for good', async (status) => {
    receiver.answer = (response) => void response.writeHead(status).end();
    expect(await forward().one()).toMatchObject({ kind: 'rejected', reason: 'forward_refused' });
  });

  test.each([301, 302, 303, 307, 308])('%d is not followed', async (status) => {
    const elsewhere = await startReceiver();
    try {
      receiver.answer = (response) => void response.writeHead(status, { location: elsewhere.url }).end();
      expect(await forward().one()).toMatchObject({
        kind: 'failed',
        detail: `the endpoint of the forward answered ${status}; redirects are not followed`,
      });
      expect(elsewhere.requests).toEqual([]);
    } finally {
      await elsewhere.close();
    }
  });

  test.each<[string, string, number | undefined]>([
    ['seconds', '600', 600],
    ['a date', new Date(1_800_000_000_000 + 900_000).toUTCString(), 900],
    ['less than the backoff, which then counts', '1', undefined],
    ['a date that has passed', new Date(0).toUTCString(), undefined],
    ['nonsense', 'soon', undefined],
  ])('Retry-After as %s', async (_, value, seconds) => {
    receiver.answer = (response) => void response.writeHead(503, { 'retry-after': value }).end();
    const outcome = await forward({ now: 1_800_000_000_000 }).one();
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'forward_failed' });
    expect(outcome && 'retryAfterSeconds' in outcome ? outcome.retryAfterSeconds : undefined).toBe(seconds);
  });

  test('without an end is not waited for once its status is known, and is not kept', async () => {
    let sent = 0;
    receiver.answer = (response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(64 * 1024);
      const more = () => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    };
    const { one } = forward();
    expect(await one()).toEqual({ kind: 'handled' });
    // What the buffers of both ends hold, and nothing near what an endless body would come to.
    expect(sent).toBeLessThan(32 * 1024 * 1024);
  });
});

describe('an endpoint that does not answer', () => {
  test('in time fails', async () => {
    receiver.answer = () => undefined;
    expect(await forward({ timeoutSeconds: 0.1 }).one()).toEqual({
      kind: 'failed',
      reason: 'forward_failed',
      detail: `${new URL(receiver.url).host} did not answer within 0.1 s`,
    });
  });

  test('since nothing listens fails, and names neither path nor query', async () => {
    const gone = await startReceiver();
    await gone.close();
    const outcome = await forward({ url: `${gone.url}/path?token=x` }).one();
    expect(outcome).toEqual({
      kind: 'failed',
      reason: 'forward_failed',
      detail: `${new URL(gone.url).host} cannot be reached: ECONNREFUSED`,
    });
  });

  test('but closes the connection fails, after a second try', async () => {
    receiver.answer = (response) => void response.socket?.destroy();
    expect(await forward().one()).toEqual({
      kind: 'failed',
      reason: 'forward_failed',
      detail: `${new URL(receiver.url).host} closed the connection without an answer`,
    });
    expect(receiver.requests).toHaveLength(2);
  });

  test.each<[string, (socket: Socket) => unknown]>([
    ['is gone', (socket) => socket.resetAndDestroy()],
    ['ends', (socket) => socket.destroy()],
  ])('on a connection that %s since it was kept open is asked on a new one', async (_, end) => {
    expect(await forward().one()).toEqual({ kind: 'handled' });
    receiver.answer = ({ socket }) => {
      receiver.answer = (response) => void response.end();
      if (socket) end(socket);
    };
    expect(await forward().one()).toEqual({ kind: 'handled' });
    const [, broken, again] = receiver.requests;
    expect(receiver.connections.size).toBe(2);
    expect(again).toEqual(broken);
  });
});

describe('without a usable secret nothing is sent:', () => {
  test.each<[string, string[], string]>([
    ['none', [], 'secret_missing'],
    ['an empty one', [''], 'secret_missing'],
    ['one in another form', ['plain text'], 'secret_unusable'],
    ['a new one in another form', ['plain text', secret], 'secret_unusable'],
  ])('%s', async (_, secrets, reason) => {
    const outcome = await forward({ secrets }).one();
    expect(outcome).toMatchObject({ kind: 'failed', reason });
    expect(JSON.stringify(outcome)).not.toContain('plain text');
    expect(receiver.requests).toEqual([]);
  });

  test('one that cannot be read', async () => {
    const { one, secrets } = forward();
    secrets.fault = new HookportError('secret_unreadable', 'no leave');
    expect(await one()).toMatchObject({ kind: 'failed', reason: 'secret_unreadable' });
    expect(receiver.requests).toEqual([]);
  });
});
