import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createCertificateStore, fetchPem } from '../../src/signature/certificates.ts';

const pem = readFileSync(new URL('../fixtures/paypal-sandbox-2015.pem', import.meta.url), 'utf8');
const rules = { host: /^certs\.example$/, path: /^\/[a-z0-9]+\.pem$/, commonName: /\.paypal\.com$/ };
const receivedAt = Date.parse('2015-05-18T00:00:00Z');
const url = 'https://certs.example/a.pem';
const hour = 3_600_000;

function store(answer: (url: string) => Promise<string> = () => Promise.resolve(pem)) {
  const fetched: string[] = [];
  const time = { now: 0 };
  const fetchPem = (at: string) => {
    fetched.push(at);
    return answer(at);
  };
  return { certificates: createCertificateStore(rules, { fetchPem, clock: () => time.now }), fetched, time };
}

describe('createCertificateStore', () => {
  it('fetches a certificate once a day, also when many ask at once', async () => {
    const { certificates, fetched, time } = store();
    const got = await Promise.all(Array.from({ length: 50 }, () => certificates.get(url, receivedAt)));
    expect(got.every((each) => each instanceof X509Certificate)).toBe(true);
    time.now = 23 * hour;
    await certificates.get(url, receivedAt);
    expect(fetched).toEqual([url]);
    time.now = 24 * hour;
    await certificates.get(url, receivedAt);
    expect(fetched).toEqual([url, url]);
  });

  it('asks again after a failure', async () => {
    let up = false;
    const { certificates } = store(() => (up ? Promise.resolve(pem) : Promise.reject(new Error('down'))));
    expect(await certificates.get(url, receivedAt)).toMatchObject({ reason: 'key_unavailable' });
    up = true;
    expect(await certificates.get(url, receivedAt)).toBeInstanceOf(X509Certificate);
  });

  it('fetches ten new URLs a minute at most, and serves what it holds meanwhile', async () => {
    const { certificates, fetched, time } = store();
    await certificates.get(url, receivedAt);
    for (let n = 0; n < 100; n++) await certificates.get(`https://certs.example/b${n}.pem`, receivedAt);
    expect(fetched).toHaveLength(10);
    expect(await certificates.get(url, receivedAt)).toBeInstanceOf(X509Certificate);
    time.now = 60_000;
    expect(await certificates.get('https://certs.example/c.pem', receivedAt)).toBeInstanceOf(X509Certificate);
  });

  it('goes on with one that it held for a day while others use up what may be fetched: nobody can flood it out', async () => {
    const { certificates, fetched, time } = store((at) =>
      at === url ? Promise.resolve(pem) : Promise.reject(new Error('404')),
    );
    await certificates.get(url, receivedAt);
    time.now = 25 * hour;
    for (let n = 0; n < 100; n++) await certificates.get(`https://certs.example/b${n}.pem`, receivedAt);
    expect(fetched).toHaveLength(11);
    expect(await certificates.get(url, receivedAt)).toBeInstanceOf(X509Certificate);
    expect(fetched).toHaveLength(11);
    time.now += 60_000;
    expect(await certificates.get(url, receivedAt)).toBeInstanceOf(X509Certificate);
    expect(fetched.at(-1)).toBe(url);
  });

  it('fetches again when the clock was set back', async () => {
    const { certificates, fetched, time } = store();
    time.now = 48 * hour;
    for (let n = 0; n < 11; n++) await certificates.get(`https://certs.example/b${n}.pem`, receivedAt);
    expect(fetched).toHaveLength(10);
    time.now = hour;
    await certificates.get('https://certs.example/b10.pem', receivedAt);
    await certificates.get('https://certs.example/b0.pem', receivedAt);
    expect(fetched).toHaveLength(12);
  });

  it('holds twenty certificates at most', async () => {
    const { certificates, fetched, time } = store();
    for (let n = 0; n < 21; n++) {
      time.now = n * 60_000;
      await certificates.get(`https://certs.example/b${n}.pem`, receivedAt);
    }
    time.now = hour;
    await certificates.get('https://certs.example/b20.pem', receivedAt);
    expect(fetched).toHaveLength(21);
    await certificates.get('https://certs.example/b0.pem', receivedAt);
    expect(fetched).toHaveLength(22);
  });

  it("refuses a certificate in someone else's name", async () => {
    const other = createCertificateStore({ ...rules, commonName: /\.amazonaws\.com$/ }, { fetchPem: async () => pem });
    expect(await other.get(url, receivedAt)).toMatchObject({ reason: 'signature_mismatch' });
  });
});

describe('fetchPem', () => {
  it.each([
    ['a redirect', 302, '', /fetch failed/],
    ['an error', 500, pem, /status 500/],
    ['more than 64 KiB', 200, 'x'.repeat(70_000), /no certificate/],
  ])('rejects %s', async (_name, status, text, message) => {
    await serving(status, text, (at) => expect(fetchPem(at)).rejects.toThrow(message));
  });

  it('gives what stands there', async () => {
    await serving(200, pem, async (at) => expect(await fetchPem(at)).toBe(pem));
  });
});

async function serving(status: number, text: string, run: (url: string) => Promise<void>): Promise<void> {
  const server = createServer((_request, response) => response.writeHead(status, { location: '/' }).end(text));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
