import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { HookportError } from '../../../src/errors.ts';
import { entry, fakeJournal, kept, startForTest } from './harness.ts';

const json = { 'content-type': 'application/json' };
const post = (body: unknown) => ({ method: 'POST', headers: json, body: JSON.stringify(body) });

describe('GET /api/sources', () => {
  it('tells each source’s URL, the state of its queues and its outcomes', async () => {
    const { ask } = await startForTest();
    expect(await ask('/api/sources')).toMatchObject({
      status: 200,
      type: 'application/json; charset=utf-8',
      json: [
        {
          id: 'github',
          provider: 'github',
          url: 'http://127.0.0.1:8080/github',
          queue: { waiting: 4, inFlight: 2, deadLettered: 5 },
          outcomes: { handled: 7, ignored: 0, duplicate: 0, rejected: 0, failed: 1 },
        },
        {
          id: 'zendesk',
          provider: 'zendesk',
          url: 'http://127.0.0.1:8080/zendesk',
          queue: { waiting: 0, inFlight: 0, deadLettered: 0 },
          outcomes: { handled: 0, ignored: 0, duplicate: 0, rejected: 0, failed: 0 },
        },
      ],
    });
  });
});

describe('GET /api/deliveries', () => {
  it('tells what became of each, without headers and body', async () => {
    const { ask } = await startForTest();
    const { json: deliveries } = await ask('/api/deliveries');
    expect(deliveries).toEqual([
      expect.objectContaining({
        id: 'delivery-1',
        eventType: 'push',
        receivedAt: '2026-01-02T03:04:05.006Z',
        outcome: 'failed',
        reason: 'handler_error',
        attempt: 2,
        durationMs: 12,
      }),
    ]);
    expect(JSON.stringify(deliveries)).not.toMatch(/headers|body|signature/);
  });

  it('asks the journal for the source, outcome, id and number that were asked for', async () => {
    const { ask, filters } = await startForTest();
    await ask('/api/deliveries?source=github&outcome=rejected&limit=5&id=a%20b');
    await ask('/api/deliveries');
    expect(filters).toEqual([{ source: 'github', outcome: 'rejected', limit: 5, id: 'a b' }, { limit: 100 }]);
  });

  it('asks for reason, event type, text and time too, and goes on from a cursor', async () => {
    const { ask, filters } = await startForTest();
    const times = 'since=2026-01-31T08:00:00Z&until=2026-02-01';
    await ask(`/api/deliveries?reason=stale_timestamp&eventType=push&text=a%26b&${times}&cursor=17.4`);
    expect(filters).toEqual([
      {
        reason: 'stale_timestamp',
        eventType: 'push',
        text: 'a&b',
        since: Date.UTC(2026, 0, 31, 8),
        until: Date.UTC(2026, 1, 1),
        after: '17.4',
        limit: 100,
      },
    ]);
  });

  it('leads to the next page, and says how far a long search came', async () => {
    const list = async () => ({ entries: [entry], next: '17.4', searchedBackTo: Date.UTC(2026, 0, 2) });
    const { ask } = await startForTest({ journal: fakeJournal({ list }) });
    const { headers } = await ask('/api/deliveries?text=a%26b&cursor=20.9');
    expect(headers['link']).toBe('</api/deliveries?text=a%26b&cursor=17.4>; rel="next"');
    expect(headers['hookport-searched-back-to']).toBe('2026-01-02T00:00:00.000Z');
  });

  it.each([
    'since=yesterday',
    'until=2026-13-01',
    'cursor=first',
    'cursor=',
    `text=${'x'.repeat(1001)}`,
    'limit=0',
    'limit=1001',
    'limit=ten',
    'limit=',
    'limit=1e2',
    'outcome=lost',
    'outcome=__proto__',
    'source=nobody',
  ])('refuses %s with 400 and a reason', async (query) => {
    const { ask, filters } = await startForTest();
    expect(await ask(`/api/deliveries?${query}`)).toMatchObject({ status: 400, json: { error: expect.any(String) } });
    expect(filters).toEqual([]);
  });
});

describe('GET /api/deliveries/<id>', () => {
  it('tells the attempts too', async () => {
    const { ask } = await startForTest();
    const { status, json: delivery } = await ask(`/api/deliveries/${encodeURIComponent(entry.id)}`);
    expect(status).toBe(200);
    expect(delivery).toMatchObject({
      id: 'delivery-1',
      attempts: [{ attempt: 2, reason: 'handler_error', finishedAt: '2026-01-02T03:04:06.000Z' }],
      headers: kept.headers,
      body: kept.body,
      sourceIp: '203.0.113.7',
    });
  });

  it('takes an id with any character', async () => {
    const asked: string[] = [];
    const read = async (id: string) => {
      asked.push(id);
      return kept;
    };
    const { ask } = await startForTest({ journal: fakeJournal({ read }) });
    for (const id of ['a/b', 'a%b', 'ä b?', 'x=+'])
      expect((await ask(`/api/deliveries/${encodeURIComponent(id)}`)).status).toBe(200);
    expect(asked).toEqual(['a/b', 'a%b', 'ä b?', 'x=+']);
  });

  it('answers 404 for an id that is not known, 400 for one that does not decode', async () => {
    const { ask } = await startForTest();
    expect(await ask('/api/deliveries/other')).toMatchObject({ status: 404, json: { error: expect.any(String) } });
    expect(await ask('/api/deliveries/%ff')).toMatchObject({ status: 400, json: { error: expect.any(String) } });
  });
});

describe('POST /api/redrive', () => {
  it('redrives what was selected, and tells the report', async () => {
    const { ask, redriven } = await startForTest();
    const selection = { source: 'github', reason: 'signature_mismatch', ids: ['a'], dryRun: true };
    expect(await ask('/api/redrive', post(selection))).toMatchObject({ status: 200, json: { moved: 1 } });
    expect(redriven).toEqual([selection]);
  });

  it.each([
    [{ source: 'nobody' }, 404],
    [{}, 404],
    [{ source: ['github'] }, 404],
    [{ source: 'github', ids: 'a' }, 400],
    [{ source: 'github', ids: [1] }, 400],
    [{ source: 'github', reason: 1 }, 400],
    [{ source: 'github', dryRun: 'no' }, 400],
    [[], 400],
    [null, 400],
  ])('refuses %j with %i', async (body, status) => {
    const { ask, redriven } = await startForTest();
    expect(await ask('/api/redrive', post(body))).toMatchObject({ status, json: { error: expect.any(String) } });
    expect(redriven).toEqual([]);
  });

  it('refuses a body that is not JSON, or longer than 1 MiB', async () => {
    const { ask } = await startForTest();
    expect(await ask('/api/redrive', { method: 'POST', headers: json, body: '{' })).toMatchObject({ status: 400 });
    const long = { method: 'POST', headers: json, body: ' '.repeat(1024 * 1024 + 1) };
    expect(await ask('/api/redrive', long)).toMatchObject({ status: 413 });
  });

  it('answers the next request of a client whose body it did not read to its end', async () => {
    const { api } = await startForTest();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const status = async (path: string, body?: Buffer) => {
      const method = body ? 'POST' : 'GET';
      const asked = request({ agent, host: '127.0.0.1', port: api.port, path, method, headers: json }).end(body);
      // The rest of a body that is refused may meet a closed connection.
      asked.on('error', () => undefined);
      const [answer] = (await once(asked, 'response', { signal: AbortSignal.timeout(4000) })) as [IncomingMessage];
      answer.resume();
      return answer.statusCode;
    };
    for (let round = 0; round < 3; round++) {
      expect(await status('/api/redrive', Buffer.alloc(3 * 1024 * 1024, ' '))).toBe(413);
      expect(await status('/api/sources')).toBe(200);
    }
    agent.destroy();
  });

  it('answers 500 without telling what failed inside', async () => {
    const { ask } = await startForTest({
      redrive: async () => {
        throw new HookportError('secret_unreadable', 'the file /home/me/.env');
      },
    });
    const { status, json: answer } = await ask('/api/redrive', post({ source: 'github' }));
    expect(status).toBeGreaterThanOrEqual(500);
    expect(answer).toMatchObject({ error: expect.any(String) });
  });
});

describe('POST /api/dead-letters/purge', () => {
  it.each([
    { reason: 'signature_mismatch' },
    { eventType: '' },
    { ids: ['a'], dryRun: true },
    { reason: 'rejected', eventType: 'push', ids: [] },
  ])('purges what %j names', async (selection) => {
    const { ask, purged } = await startForTest();
    const answer = await ask('/api/dead-letters/purge', post({ source: 'github', ...selection }));
    expect(answer).toMatchObject({ status: 200, json: { deleted: 1 } });
    expect(purged).toEqual([{ source: 'github', ...selection }]);
  });

  it('purges all where that is said', async () => {
    const { ask, purged } = await startForTest();
    expect(await ask('/api/dead-letters/purge', post({ source: 'github', all: true }))).toMatchObject({ status: 200 });
    expect(purged).toEqual([{ source: 'github' }]);
  });

  it('leaves what came in since the time that is given', async () => {
    const { ask, purged } = await startForTest();
    await ask('/api/dead-letters/purge', post({ source: 'github', all: true, asOf: '2026-01-02T03:04:05.006Z' }));
    expect(purged).toEqual([{ source: 'github', asOf: Date.UTC(2026, 0, 2, 3, 4, 5, 6) }]);
  });

  it.each([
    [{ source: 'github' }, 400],
    [{ source: 'github', dryRun: true }, 400],
    [{ source: 'github', all: 'yes' }, 400],
    [{ source: 'github', all: true, reason: 'rejected' }, 400],
    [{ source: 'nobody', all: true }, 404],
    [{ all: true }, 404],
    [{ source: 'github', ids: 'a' }, 400],
    [{ source: 'github', eventType: null }, 400],
    [{ source: 'github', all: true, asOf: 1 }, 400],
    [{ source: 'github', all: true, asOf: 'yesterday' }, 400],
  ])('refuses %j with %i, and deletes nothing', async (body, status) => {
    const { ask, purged } = await startForTest();
    expect(await ask('/api/dead-letters/purge', post(body))).toMatchObject({
      status,
      json: { error: expect.any(String) },
    });
    expect(purged).toEqual([]);
  });
});

describe('POST /api/replay', () => {
  it('submits what the journal keeps under that id', async () => {
    const { ask, replayed } = await startForTest();
    const answer = await ask('/api/replay', post({ id: kept.id }));
    expect(answer).toMatchObject({ status: 200, json: { source: 'github', messageId: 'message-2' } });
    expect(replayed).toEqual([kept.id]);
  });

  it.each([
    [{ id: 'other' }, 404],
    [{}, 400],
    [{ id: 7 }, 400],
  ])('refuses %j with %i', async (body, status) => {
    const { ask, replayed } = await startForTest();
    expect(await ask('/api/replay', post(body))).toMatchObject({ status, json: { error: expect.any(String) } });
    expect(replayed).toEqual([]);
  });

  it('answers 404 for a delivery of a source that is not configured any more', async () => {
    const read = async () => ({ ...kept, source: 'gone' });
    const { ask } = await startForTest({ journal: fakeJournal({ read }) });
    expect(await ask('/api/replay', post({ id: kept.id }))).toMatchObject({ status: 404 });
  });

  it('answers 409 with the reason when it cannot be', async () => {
    const replay = () => Promise.reject(new HookportError('usage', 'its token is not kept'));
    const { ask } = await startForTest({ replay });
    const answer = await ask('/api/replay', post({ id: kept.id }));
    expect(answer).toMatchObject({ status: 409, json: { error: 'its token is not kept' } });
  });
});

describe('GET /api/activity', () => {
  it('tells what each source did in the last hour, in slots of two minutes', async () => {
    const asked: unknown[] = [];
    const activity = async (range: unknown) => {
      asked.push(range);
      const lastMatched = { secretVersion: 'current', receivedAt: 0 };
      return { github: { lastReceivedAt: 1000, lastMatched, outcomes: { handled: [1, 2] } } };
    };
    const { ask } = await startForTest({ journal: fakeJournal({ activity }) });
    const nothing = { lastReceivedAt: null, lastMatched: null, outcomes: {} };
    expect((await ask('/api/activity')).json).toEqual({
      from: '2026-01-02T03:02:00.000Z',
      slotSeconds: 120,
      sources: [
        {
          id: 'github',
          lastReceivedAt: '1970-01-01T00:00:01.000Z',
          lastMatched: { secretVersion: 'current', receivedAt: '1970-01-01T00:00:00.000Z' },
          outcomes: { handled: [1, 2] },
        },
        { id: 'zendesk', ...nothing },
      ],
    });
    const from = Date.UTC(2026, 0, 2, 3, 2);
    expect(asked).toEqual([{ sources: ['github', 'zendesk'], from, slotMs: 120_000, slots: 30 }]);
  });
});

describe('anything else', () => {
  it.each([
    ['GET', '/nothing'],
    ['GET', '/assets/../routes.ts'],
    ['GET', '/assets/nothing.js'],
    ['GET', '/api'],
    ['GET', '/api/sources/'],
    ['DELETE', '/api/sources'],
    ['GET', '/api/redrive'],
    ['GET', '/__proto__'],
    ['GET', '/api/../.env'],
  ])('answers %s %s with 404 and JSON', async (method, path) => {
    const { ask } = await startForTest();
    const headers = method === 'GET' ? {} : json;
    expect(await ask(path, { method, headers })).toMatchObject({ status: 404, json: { error: expect.any(String) } });
  });
});
