import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { startForTest } from './harness.ts';

describe('who may ask', () => {
  it.each([
    'attacker.example',
    'attacker.example:80',
    '127.0.0.1',
    '127.0.0.1:1',
    'localhost.attacker.example',
    '[::1]',
  ])('refuses the Host %j, as DNS rebinding would send it', async (host) => {
    const { ask } = await startForTest();
    expect((await ask('/api/sources', { headers: { host } })).status).toBe(403);
  });

  it('takes its own names', async () => {
    const { api, ask } = await startForTest();
    for (const name of ['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])
      expect((await ask('/api/sources', { headers: { host: `${name}:${api.port}` } })).status).toBe(200);
  });

  it.each(['https://attacker.example', 'null', 'http://127.0.0.1:1', 'http://localhost'])(
    'refuses a page of the origin %s',
    async (origin) => {
      const { ask } = await startForTest();
      expect((await ask('/api/sources', { headers: { origin } })).status).toBe(403);
    },
  );

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', ''])(
    'refuses a POST of the content type %j, which a form of any page can send',
    async (type) => {
      const { ask, redriven } = await startForTest();
      const headers = type === '' ? {} : { 'content-type': type };
      const answer = await ask('/api/redrive', { method: 'POST', headers, body: '{"source":"github"}' });
      expect(answer.status).toBe(403);
      expect(redriven).toEqual([]);
    },
  );

  it.each(['cross-site', 'same-site'])(
    'answers nothing that a page of another origin (%s) loads: how long an answer takes would tell of what it is',
    async (site) => {
      const { ask, filters } = await startForTest();
      for (const mode of ['no-cors', 'navigate'])
        for (const path of ['/api/deliveries?text=iban', '/%61pi/deliveries?text=iban', '/api/events', '/metrics'])
          expect(
            await ask(path, {
              headers: { 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': 'document' },
            }),
          ).toMatchObject({ status: 403 });
      expect(filters).toEqual([]);
    },
  );

  it.each([
    ['/deliveries?text=7', 'cross-site', 'navigate', 200],
    ['/deliveries/JKJaXmPLvHcESHA%3D', 'same-site', 'navigate', 200],
    ['/', 'cross-site', 'no-cors', 403],
    ['/api/sources', 'none', 'navigate', 200],
    ['/api/sources', 'same-origin', 'cors', 200],
  ])('answers %s to a browser that says %s, %s with %i', async (path, site, mode, status) => {
    const { api } = await startForTest();
    const headers = { 'sec-fetch-site': site, 'sec-fetch-mode': mode };
    const [answer] = (await once(
      request({ host: '127.0.0.1', port: api.port, path, headers, agent: false }).end(),
      'response',
    )) as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).toBe(status);
  });

  it('gives no page the right to read across origins', async () => {
    const { api } = await startForTest();
    const response = await fetch(`http://127.0.0.1:${api.port}/api/sources`);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });
});
