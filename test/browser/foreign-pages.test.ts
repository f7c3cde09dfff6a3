import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Harness, startHarness } from '../local/api/harness.ts';
import { describeInBrowser } from './chromium.ts';

describeInBrowser('a page of another origin, in a browser', (browser) => {
  let harness: Harness;
  let foreign: string;
  const server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<p>hello'));

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
