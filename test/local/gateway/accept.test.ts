import { describe, expect, test, vi } from 'vitest';
import { HookportError } from '../../../src/errors.ts';
import type { Log } from '../../../src/log.ts';
import { contextVariables, type MappableRequest } from '../../../src/local/gateway/expression.ts';
import { createIntegration, type GatewayQueue } from '../../../src/local/gateway/integration.ts';
import { nextRequestId } from '../../../src/local/gateway/request-id.ts';
import { arrival, gateway, githubHeaders, maxMessageBytes, memoryQueue, post, sourcePlan } from './harness.ts';

const signature = `sha256=${'ab'.repeat(32)}`;
const headers = {
  'content-type': 'application/json',
  'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
  'x-github-event': 'push',
  'x-hub-signature-256': signature,
};

describe('an accepted request', () => {
  test('is a message that decodes to the request as it arrived', async () => {
    const { url, decoded, kept } = await gateway();
    const body = '{"emoji":"\u{1f680}","bom":"\ufeff","nul":"\\u0000"}\r\n';
    const response = await fetch(`${url}/github?x=1`, { method: 'POST', headers, body });
    expect(response.status).toBe(200);
    const result = decoded();
    expect(result).toMatchObject({ ok: true, request: { receivedAt: arrival, sourceIp: '127.0.0.1', headers } });
    expect(result.ok && Buffer.from(result.request.body).equals(Buffer.from(body))).toBe(true);
    expect(Object.keys(kept[0]?.attributes ?? {})).toEqual(['Request', 'Id']);
  });

  test('keeps a byte order mark at the start of the body, which is signed with it', async () => {
    const { raw, kept } = await gateway();
    await raw(post('/github', headers, Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d])));
    expect(kept[0]?.body).toBe('\ufeff{}');
  });

  test("is answered with SQS's own XML and API Gateway's request id", async () => {
    const { url, decoded } = await gateway();
    const response = await fetch(`${url}/github`, { method: 'POST', headers, body: '{}' });
    expect(response.headers.get('content-type')).toBe('text/xml');
    expect(await response.text()).toMatch(
      /^<\?xml version="1\.0"\?><SendMessageResponse xmlns="http:\/\/queue\.amazonaws\.com\/doc\/2012-11-05\/"><SendMessageResult><MessageId>message-1<\/MessageId><\/SendMessageResult><ResponseMetadata><RequestId>[0-9a-f-]{36}<\/RequestId><\/ResponseMetadata><\/SendMessageResponse>$/,
    );
    const requestId = response.headers.get('apigw-requestid');
    expect(requestId).toMatch(/^[\w-]{15}=$/);
    expect(decoded()).toMatchObject({ ok: true, request: { requestId } });
  });

  test('gets a request id of its own', () => {
    expect(new Set(Array.from({ length: 2000 }, nextRequestId)).size).toBe(2000);
  });

  test('may lack every header: an absent one becomes an empty line', async () => {
    const { raw, decoded } = await gateway();
    expect(await raw(post('/github', {}, '{}'))).toMatch(/^HTTP\/1\.1 200 /);
    expect(decoded()).toMatchObject({ ok: true, request: { headers: {} } });
  });

  test('has the values of a repeated header joined with commas', async () => {
    const { raw, decoded } = await gateway();
    await raw(
      `POST /github HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: a\r\nX-GitHub-Event: push\r\n` +
        `Content-Type: b\r\nx-github-event: pull\r\ncontent-length: 2\r\n\r\n{}`,
    );
    expect(decoded()).toMatchObject({
      ok: true,
      request: { headers: { 'content-type': 'a,b', 'x-github-event': 'push,pull' } },
    });
  });

  test('may arrive in chunks, byte by byte', async () => {
    const { raw, kept } = await gateway();
    const bytes = Array.from(Buffer.from('{"a":"\u00e9"}'));
    const body = Buffer.concat([
      ...bytes.map((byte) => Buffer.concat([Buffer.from('1\r\n'), Buffer.from([byte]), Buffer.from('\r\n')])),
      Buffer.from('0\r\nx-github-event: trailer\r\n\r\n'),
    ]);
    const head = 'POST /github HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n';
    expect(await raw(Buffer.concat([Buffer.from(head), body]))).toMatch(/^HTTP\/1\.1 200 /);
    expect(kept[0]?.body).toBe('{"a":"\u00e9"}');
    expect(kept[0]?.attributes['Request']?.stringValue).not.toContain('trailer');
  });

  test('is told to continue when it asks', async () => {
    const { raw } = await gateway();
    const answer = await raw(post('/github', { expect: '100-continue' }, '{}'));
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  });

  test('may be HTTP/1.0 and may name the gateway as a proxy', async () => {
    const { raw, kept } = await gateway();
    expect(await raw('POST /github HTTP/1.0\r\ncontent-length: 2\r\n\r\n{}')).toMatch(/^HTTP\/1\.1 200 /);
    expect(
      await raw(
        'POST http://hooks.example.com/github?a HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}',
      ),
    ).toMatch(/^HTTP\/1\.1 200 /);
    expect(kept).toHaveLength(2);
  });

  test('is answered in order when requests are pipelined', async () => {
    const { raw, kept } = await gateway();
    const one = (body: string, more = '') =>
      `POST /github HTTP/1.1\r\nhost: x\r\n${more}content-length: 1\r\n\r\n${body}`;
    const answer = await raw(one('1') + one('2') + one('3', 'connection: close\r\n'));
    expect(answer.match(/message-\d/g)).toEqual(['message-1', 'message-2', 'message-3']);
    expect(kept.map(({ body }) => body)).toEqual(['1', '2', '3']);
  });
});

describe("a refusal of SQS's", () => {
  test('answers 400 with its XML for an empty body, with and without a length', async () => {
    const { raw } = await gateway();
    const bare = 'POST /github HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';
    for (const request of [post('/github', headers, ''), Buffer.from(bare)]) {
      const answer = await raw(request);
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain(
        '<Error><Type>Sender</Type><Code>MissingParameter</Code><Message>The request must contain',
      );
    }
  });

  test.each([
    ['a control character', Buffer.from('{"a":"\u0001"}')],
    ['NUL', Buffer.from('\0')],
    ['a stray continuation byte', Buffer.from([0x7b, 0x80, 0x7d])],
    ['an encoded surrogate', Buffer.from([0xed, 0xa0, 0x80])],
    ['a sequence that ends early', Buffer.from([0xf0, 0x9f, 0x9a])],
    ['gzip', Buffer.from([0x1f, 0x8b, 0x08, 0x00])],
  ])('answers 400 InvalidMessageContents for %s in the body', async (_what, body) => {
    const { raw, kept } = await gateway();
    const answer = await raw(post('/github', headers, body));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('<Code>InvalidMessageContents</Code>');
    expect(kept).toEqual([]);
  });

  test('answers 400 for a body that is longer than the queue takes, up to 10 MB', async () => {
    const { url, kept, counters } = await gateway();
    for (const length of [maxMessageBytes + 1, 10 * 1024 * 1024]) {
      const response = await fetch(`${url}/github`, { method: 'POST', body: Buffer.alloc(length, 97) });
      expect(response.status).toBe(400);
      expect(await response.text()).toContain(`Message must be shorter than ${maxMessageBytes} bytes.`);
    }
    expect(kept).toEqual([]);
    expect(counters().sources['github']).toEqual({ accepted: 0, refused: { 400: 2 } });
  });
});

describe('a queue that fails', () => {
  const failing = (error: Error) => (name: string) => ({
    ...memoryQueue(name, []),
    send: async () => {
      throw error;
    },
  });

  test('is answered 503 when it is unavailable, so that the provider sends again', async () => {
    const { url } = await gateway({ queue: failing(new HookportError('queue_unavailable', 'disk full')) });
    const response = await fetch(`${url}/github`, { method: 'POST', body: '{}' });
    expect([response.status, await response.json()]).toEqual([503, { message: 'Service Unavailable' }]);
  });

  test('is answered 500 otherwise, and logged once a second without body or headers', async () => {
    const lines: unknown[] = [];
    const log = { debug() {}, info() {}, warn() {}, error: (...line: unknown[]) => void lines.push(line) };
    const { url } = await gateway({ queue: failing(new TypeError('secret-body')), log });
    for (let n = 0; n < 3; n += 1) {
      const response = await fetch(`${url}/github`, { method: 'POST', body: 'secret-body' });
      expect([response.status, await response.json()]).toEqual([500, { message: 'Internal Server Error' }]);
    }
    expect(lines).toEqual([
      ['a request could not be kept; its sender was told', { queue: 'acme-github', error: 'TypeError' }],
    ]);
  });

  test('is answered also where it throws at once, as for want of memory', async () => {
    const name = 'acme-github';
    const queue: GatewayQueue = {
      name,
      sendBytes() {
        throw new RangeError('Array buffer allocation failed');
      },
    };
    const error = vi.fn<Log['error']>();
    const log = { debug() {}, info() {}, warn() {}, error };
    const integrate = createIntegration(sourcePlan('github', githubHeaders).route, queue, { log });
    const context = Object.fromEntries(contextVariables.map((each) => [each, '1'])) as MappableRequest['context'];
    const request = { rawHeaders: [], path: '/github', query: '', context };
    expect(await integrate(request, Buffer.from('{}'), arrival)).toMatchObject({ status: 500 });
    expect(error.mock.calls).toEqual([
      ['a request could not be kept; its sender was told', { queue: name, error: 'RangeError' }],
    ]);
  });

  test('is logged again after a second, though the time of day was set back meanwhile', async () => {
    let timeOfDay = arrival;
    const error = vi.fn<Log['error']>();
    const log = { debug() {}, info() {}, warn() {}, error };
    const { url } = await gateway({ queue: failing(new Error('broken')), log, clock: () => timeOfDay });
    await fetch(`${url}/github`, { method: 'POST', body: '{}' });
    expect(error).toHaveBeenCalledTimes(1);
    timeOfDay -= 3_600_000;
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 1001);
    await fetch(`${url}/github`, { method: 'POST', body: '{}' });
    expect(error).toHaveBeenCalledTimes(2);
  });
});

describe('a header value', () => {
  const inject = (value: string) => `x","_":"`.replace('_', value);

  test.each([
    ['a quote', '"'],
    ['a backslash', 'C:\\dir'],
    ['a tab', 'a\tb'],
    ['a byte outside of ASCII', 'caf\u00e9'],
    ['a member that SendMessage does not know', inject('Extra')],
  ])('with %s is refused with 400', async (_what, value) => {
    const { raw, kept } = await gateway();
    const answer = await raw(post('/github', { ...headers, 'x-github-event': value }, '{}'));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('{"message":"Bad Request"}');
    expect(kept).toEqual([]);
  });

  const forged = (...members: string[]) =>
    `x"},${members.join(',')},"HookportLater":{"DataType":"String","StringValue":"`;
  const forgedRequest = `"Request":{"DataType":"String","StringValue":"3 forged= ${arrival} 198.51.100.9 0 0\\n"}`;
  const forgedId = '"Id":{"DataType":"String","StringValue":"forged="}';

  test('that injects another request is told by the id behind it, which then differs', async () => {
    const { raw, decoded } = await gateway();
    await raw(post('/github', { 'x-github-event': forged(forgedRequest) }, '{}'));
    expect(decoded()).toMatchObject({ ok: false, outcome: { reason: 'context_mismatch' } });
  });

  test('that injects the id too loses against the true one, which comes after it', async () => {
    const { raw, decoded } = await gateway();
    await raw(post('/github', { 'x-github-event': forged(forgedRequest, forgedId) }, '{}'));
    expect(decoded()).toMatchObject({ ok: false, outcome: { reason: 'context_mismatch' } });
  });

  test('with an escape that JSON knows is unescaped, and refused by the decoder where that makes another line', async () => {
    const { raw, decoded } = await gateway();
    await raw(post('/github', { 'content-type': 'a\\u0062' }, '{}'));
    expect(decoded()).toMatchObject({ ok: true, request: { headers: { 'content-type': 'ab' } } });
    await raw(post('/github', { 'content-type': 'a\\nx-other: b' }, '{}'));
    expect(decoded()).toMatchObject({ ok: false, outcome: { reason: 'malformed_message' } });
  });

  test('that injects an attribute of another name is refused by the decoder', async () => {
    const { raw, decoded } = await gateway();
    const evil = 'x"},"Evil":{"DataType":"String","StringValue":"x';
    expect(await raw(post('/github', { 'x-github-event': evil }, '{}'))).toMatch(/^HTTP\/1\.1 200 /);
    expect(decoded()).toMatchObject({ ok: false, outcome: { reason: 'malformed_message' } });
  });

  test('that injects a name which SQS refuses is answered so, without that name', async () => {
    const { raw } = await gateway();
    const evil = 'x"},"<b>&":{"DataType":"String","StringValue":"x';
    const answer = await raw(post('/github', { 'x-github-event': evil }, '{}'));
    expect(answer).toMatch(/^HTTP\/1\.1 400 .*<Message>The message attribute name is invalid/s);
    expect(answer).not.toContain('<b>');
  });

  test('cannot reach another source', async () => {
    const { kept, raw } = await gateway({
      sources: [sourcePlan('github', githubHeaders), sourcePlan('paddle', ['paddle-signature'])],
    });
    await raw(post('/paddle', { 'paddle-signature': 'ts=1;h1=ab', 'x-github-event': 'push' }, '{}'));
    expect(kept[0]?.attributes['Request']?.stringValue).toMatch(/ 1 0\npaddle-signature: ts=1;h1=ab\n$/);
  });
});
