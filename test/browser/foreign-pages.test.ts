import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Harness, startHarness } from '../local/api/harness.ts';
import { type Issuer, openIssuer } from '../local/gateway/issuer.ts';
import { type RunningMachine, TestMachine } from '../local/platform-harness.ts';
import { describeInBrowser } from './chromium.ts';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

describeInBrowser('a page of another origin, in a browser', (browser) => {
  describe('that posts logs with a token', () => {
    const answer: Parameters<typeof createServer>[1] = (_request, response) =>
      response.setHeader('content-type', 'text/html').end('<p>a page');
    const pages = [createServer(answer), createServer(answer)] as const;
    const secure = createTlsServer(
      { key: fixture('sns-test-key.pem'), cert: fixture('sns-test-certificate.pem') },
      answer,
    );
    let issuer: Issuer;
    let machine: TestMachine;
    let running: RunningMachine;
    let allowed: string;
    let foreign: string;
    let overTls: string;

    beforeAll(async () => {
      issuer = await openIssuer();
      const [first, second, third] = await Promise.all([...pages, secure].map(listen));
      allowed = `http://127.0.0.1:${first}`;
      foreign = `http://127.0.0.1:${second}`;
      overTls = `https://127.0.0.1:${third}`;
      const jwt = `{ issuer: "${issuer.url}", audience: [frontend], scopes: [logs/write] }`;
      machine = new TestMachine(
        [
          `  logs: { provider: json, handler: test/fixtures/handlers/note-effects.ts, authorize: { jwt: ${jwt} } }`,
          'cors:',
          `  allowOrigins: ["${allowed}", "https://*"]`,
          '  allowHeaders: [authorization, content-type]',
          '  allowCredentials: true',
          '',
        ].join('\n'),
      );
      running = await machine.start();
    });
    afterAll(async () => {
      await running.stop();
      machine.remove();
      await issuer.close();
      for (const server of [...pages, secure]) {
        server.closeAllConnections();
        server.close();
      }
    });

    const token = (change: object = {}) => {
      const now = Math.floor(Date.now() / 1000);
      return issuer.token({ iss: issuer.url, aud: 'frontend', scope: 'logs/write', exp: now + 600, ...change });
    };

    const opened = new Map<string, Promise<Page>>();
    async function open(origin: string): Promise<Page> {
      const page = await browser().newPage({ ignoreHTTPSErrors: true });
      await page.goto(origin);
      return page;
    }

    /** What the page learns of its request: the status, or that the browser refused it. */
    async function post(
      origin: string,
      bearer: string | undefined,
      options: Pick<RequestInit, 'mode' | 'credentials'> = {},
    ): Promise<number | string> {
      const opening = opened.get(origin) ?? open(origin);
      opened.set(origin, opening);
      const page = await opening;
      return page.evaluate(
        async ({ url, bearer, options }) => {
          const headers: Record<string, string> = { 'content-type': 'application/json' };
          if (bearer !== undefined) headers['authorization'] = `Bearer ${bearer}`;
          const body = JSON.stringify({ type: 'log', level: 'error', message: 'it broke' });
          try {
            return (await fetch(url, { method: 'POST', headers, body, ...options })).status;
          } catch {
            return 'refused by the browser';
          }
        },
        { url: `${running.gateway}/logs`, bearer, options },
      );
    }
    const kept = async () => (await running.deliveries('logs')).length;

    it('from an allowed origin is let in, and what it posted is handled', async () => {
      expect(await post(allowed, await token())).toBe(200);
      const [delivery] = await running.until('logs', ([first]) => first?.outcome === 'handled');
      expect(delivery?.outcome).toBe('handled');
    });

    it('from any origin over TLS is let in where `https://*` is allowed, with credentials', async () => {
      const before = await kept();
      expect(await post(overTls, await token(), { credentials: 'include' })).toBe(200);
      await running.until('logs', (all) => all.length === before + 1 && all.every((one) => one.outcome === 'handled'));
    });

    it.each<[string, () => Promise<string | undefined>, number]>([
      ['without a token', () => Promise.resolve(undefined), 401],
      ['with an expired one', () => token({ exp: Math.floor(Date.now() / 1000) - 60 }), 401],
      ['with one for somebody else', () => token({ aud: 'backend' }), 401],
      ['with one of another scope', () => token({ scope: 'logs/read' }), 403],
    ])('%s is refused, and the page can read why', async (_, make, status) => {
      const before = await kept();
      expect(await post(allowed, await make())).toBe(status);
      expect(await kept()).toBe(before);
    });

    it('from another origin is refused by the browser, which asked the gateway first; nothing is kept', async () => {
      const before = await kept();
      const good = await token();
      expect(await post(foreign, good)).toBe('refused by the browser');
      // Without asking first a page can send no token, and what it sends anyway is not let in.
      expect(await post(foreign, good, { mode: 'no-cors' })).toBe(0);
      expect(await kept()).toBe(before);
    });
  });

  describe('that asks the inspector’s API', () => {
    let harness: Harness;
    let foreign: string;
    const server = createServer((_request, response) =>
      response.setHeader('content-type', 'text/html').end('<p>hello'),
    );

    beforeAll(async () => {
      harness = await startHarness();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      foreign = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    });
    afterAll(async () => {
      await harness.api.close();
      server.closeAllConnections();
      server.close();
    });

    it('can neither read from the API nor make it do anything', async () => {
      const page = await browser().newPage();
      await page.goto(foreign);
      const api = `http://127.0.0.1:${harness.api.port}/api`;
      const tries = await page.evaluate(async (url) => {
        const ask = (path: string, options?: RequestInit) =>
          fetch(url + path, options).then(
            () => 'read',
            () => 'refused',
          );
        const body = '{"source":"github"}';
        return [
          await ask('/sources'),
          await ask('/redrive', { method: 'POST', headers: { 'content-type': 'application/json' }, body }),
          await ask('/redrive', { method: 'POST', body }),
          // Sent without asking first; its answer stays out of reach.
          await ask('/redrive', { method: 'POST', mode: 'no-cors', body }),
        ];
      }, api);
      expect(tries).toEqual(['refused', 'refused', 'refused', 'read']);
      expect(harness.redriven).toEqual([]);
      await page.close();
    });

    it('cannot even have a search run, whose time would tell whether the text stands in a delivery; a link to a page works', async () => {
      const page = await browser().newPage();
      await page.goto(foreign);
      const inspector = `http://127.0.0.1:${harness.api.port}`;
      const search = `${inspector}/api/deliveries?text=iban`;
      await page.evaluate((url) => fetch(url, { mode: 'no-cors' }).catch(() => undefined), search);
      // Until the image was loaded, or could not be.
      await page.setContent(`<img src="${search}"><a href="${inspector}/deliveries?text=iban">look</a>`);
      expect(harness.filters).toEqual([]);
      await page.click('a');
      await page.waitForSelector('a.row');
      expect(harness.filters).toMatchObject([{ text: 'iban' }]);
      await page.close();
    });
  });
});
