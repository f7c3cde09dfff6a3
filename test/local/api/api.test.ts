import { afterEach, describe, expect, it } from 'vitest';
import { HookportError } from '../../../src/errors.ts';
import { entry, type Harness, startHarness } from './harness.ts';

let running: Harness | undefined;

async function start(...args: Parameters<typeof startHarness>): Promise<Harness> {
  running = await startHarness(...args);
  return running;
}

afterEach(async () => {
  await running?.api.close();
  running = undefined;
});

const json = { 'content-type': 'application/json' };

describe('GET /api/sources', () => {
  it('tells each source’s URL, the state of its queues and its outcomes', async () => {
    const { ask } = await start();
    expect(await ask('/api/sources')).toEqual({
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
    const { ask } = await start();
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
    const { ask, filters } = await start();
    await ask('/api/deliveries?source=github&outcome=rejected&limit=5&id=a%20b');
    await ask('/api/deliveries');
    expect(filters).toEqual([{ source: 'github', outcome: 'rejected', limit: 5, id: 'a b' }, { limit: 100 }]);
  });

  it.each([
    'limit=0',
    'limit=1001',
    'limit=ten',
    'limit=',
    'limit=1e2',
    'outcome=lost',
    'outcome=__proto__',
    'source=nobody',
  ])('refuses %s with 400 and a reason', async (query) => {
    const { ask, filters } = await start();
    expect(await ask(`/api/deliveries?${query}`)).toMatchObject({ status: 400, json: { error: expect.any(String) } });
    expect(filters).toEqual([]);
  });
});

describe('GET /api/deliveries/<id>', () => {
  const { finishedAt, attempt, outcome, reason, detail, deadLettered, durationMs } = entry;
  const attempts = [{ attempt, outcome, reason, detail, deadLettered, durationMs, finishedAt }];
  const journal = {
    list: async () => [],
    counts: async () => ({}),
    find: async (id: string) => (id === entry.id ? { ...entry, attempts } : undefined),
  };

  it('tells the attempts too', async () => {
    const { ask } = await start({ journal });
    const { status, json: delivery } = await ask(`/api/deliveries/${encodeURIComponent(entry.id)}`);
    expect(status).toBe(200);
    expect(delivery).toMatchObject({
      id: 'delivery-1',
      attempts: [{ attempt: 2, reason: 'handler_error', finishedAt: '2026-01-02T03:04:06.000Z' }],
    });
  });

  it('answers 404 for an id that is not known, 400 for one that does not decode', async () => {
    const { ask } = await start({ journal });
    expect(await ask('/api/deliveries/other')).toMatchObject({ status: 404, json: { error: expect.any(String) } });
    expect(await ask('/api/deliveries/%ff')).toMatchObject({ status: 400, json: { error: expect.any(String) } });
  });
});

describe('POST /api/redrive', () => {
  const post = (body: unknown) => ({ method: 'POST', headers: json, body: JSON.stringify(body) });

  it('redrives what was selected, and tells the report', async () => {
    const { ask, redriven } = await start();
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
    const { ask, redriven } = await start();
    expect(await ask('/api/redrive', post(body))).toMatchObject({ status, json: { error: expect.any(String) } });
    expect(redriven).toEqual([]);
  });

  it('refuses a body that is not JSON, or longer than 1 MiB', async () => {
    const { ask } = await start();
    expect(await ask('/api/redrive', { method: 'POST', headers: json, body: '{' })).toMatchObject({ status: 400 });
    const long = { method: 'POST', headers: json, body: ' '.repeat(1024 * 1024 + 1) };
    expect(await ask('/api/redrive', long)).toMatchObject({ status: 413 });
  });

  it('answers 500 without telling what failed inside', async () => {
    const { ask } = await start({
      redrive: async () => {
        throw new HookportError('secret_unreadable', 'the file /home/me/.env');
      },
    });
    const { status, json: answer } = await ask('/api/redrive', post({ source: 'github' }));
    expect(status).toBeGreaterThanOrEqual(500);
    expect(answer).toMatchObject({ error: expect.any(String) });
  });
});

describe('who may ask', () => {
  it.each([
    'attacker.example',
    'attacker.example:80',
    '127.0.0.1',
    '127.0.0.1:1',
    'localhost.attacker.example',
    '[::1]',
  ])('refuses the Host %j, as DNS rebinding would send it', async (host) => {
    const { ask } = await start();
    expect((await ask('/api/sources', { headers: { host } })).status).toBe(403);
  });

  it('takes its own names', async () => {
    const { api, ask } = await start();
    for (const name of ['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])
      expect((await ask('/api/sources', { headers: { host: `${name}:${api.port}` } })).status).toBe(200);
  });

  it.each(['https://attacker.example', 'null', 'http://127.0.0.1:1', 'http://localhost'])(
    'refuses a page of the origin %s',
    async (origin) => {
      const { ask } = await start();
      expect((await ask('/api/sources', { headers: { origin } })).status).toBe(403);
    },
  );

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', ''])(
    'refuses a POST of the content type %j, which a form of any page can send',
    async (type) => {
      const { ask, redriven } = await start();
      const headers = type === '' ? {} : { 'content-type': type };
      const answer = await ask('/api/redrive', { method: 'POST', headers, body: '{"source":"github"}' });
      expect(answer.status).toBe(403);
      expect(redriven).toEqual([]);
    },
  );

  it('gives no page the right to read across origins', async () => {
    const { api } = await start();
    const response = await fetch(`http://127.0.0.1:${api.port}/api/sources`);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('anything else', () => {
  it.each([
    ['GET', '/'],
    ['GET', '/api'],
    ['GET', '/api/sources/'],
    ['DELETE', '/api/sources'],
    ['GET', '/api/redrive'],
    ['GET', '/__proto__'],
    ['GET', '/api/../.env'],
  ])('answers %s %s with 404 and JSON', async (method, path) => {
    const { ask } = await start();
    const headers = method === 'GET' ? {} : json;
    expect(await ask(path, { method, headers })).toMatchObject({ status: 404, json: { error: expect.any(String) } });
  });
});
