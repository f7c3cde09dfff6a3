import { createHmac } from 'node:crypto';
import { exportSPKI, generateKeyPair, exportJWK, importJWK, type JWTPayload } from 'jose';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createIssuerKeys } from '../../../src/local/gateway/jwt/issuer-keys.ts';
import type { JwtPlan } from '../../../src/plan/plan.ts';
import { createLogFake } from '../../fakes/log.ts';
import { arrival, gateway, post, sourcePlan } from './harness.ts';
import { type Issuer, startIssuer } from './issuer.ts';

const now = arrival / 1000;
const unauthorized = [401, '{"message":"Unauthorized"}'];
const forbidden = [403, '{"message":"Forbidden"}'];

let issuer: Issuer;
beforeEach(async () => {
  issuer = await startIssuer();
});

/** A gateway whose only source wants tokens, and what it answers. */
async function guarded(plan: Partial<JwtPlan> = {}, options: { clock?: () => number; burst?: number } = {}) {
  const jwt: JwtPlan = { issuer: issuer.url, audience: ['app', 'other'], scopes: [], ...plan };
  const throttle = { rate: 1000, burst: options.burst ?? 2000 };
  const started = await gateway({
    sources: [sourcePlan('logs', [], { authorize: { jwt }, throttle })],
    clock: options.clock ?? (() => arrival),
  });
  const send = async (authorization: string | undefined, body = '{"a":1}') => {
    const headers = authorization === undefined ? {} : { authorization };
    const response = await fetch(`${started.url}/logs`, { method: 'POST', headers, body });
    return [response.status, await response.text()] as const;
  };
  return {
    ...started,
    send,
    /** Sends a token of the issuer's: the status, and how many messages are kept then. */
    withClaims: async (claims: JWTPayload) => {
      const [status] = await send(`Bearer ${await issuer.token(claims)}`);
      return [status, started.kept.length];
    },
  };
}

const good = (): JWTPayload => ({ iss: issuer.url, aud: 'app', exp: now + 60, iat: now, sub: 'browser' });
const accepted = [200, 1];
const refused = [401, 0];

describe('a good token', () => {
  it('lets the request in, with "Bearer " before it or without', async () => {
    const { send, kept } = await guarded();
    const token = await issuer.token(good());
    expect((await send(`Bearer ${token}`))[0]).toBe(200);
    expect((await send(token))[0]).toBe(200);
    expect(kept).toHaveLength(2);
  });

  it('is not kept with the delivery', async () => {
    const { send, kept } = await guarded();
    const token = await issuer.token(good());
    await send(`Bearer ${token}`);
    expect(JSON.stringify(kept)).not.toContain(token);
  });

  it.each(['RS384', 'RS512'])('may be signed by %s', async (alg) => {
    const pair = await generateKeyPair(alg, { extractable: true });
    issuer.keys.push({ ...(await exportJWK(pair.publicKey)), kid: alg });
    const { send } = await guarded();
    expect((await send(`Bearer ${await issuer.token(good(), { alg, kid: alg }, pair.privateKey)}`))[0]).toBe(200);
  });
});

describe('claims', () => {
  it.each<[string, (claims: JWTPayload) => JWTPayload, unknown]>([
    ['an audience among several', (claims) => ({ ...claims, aud: ['x', 'other'] }), accepted],
    ['client_id in place of aud', ({ aud: _, ...claims }) => ({ ...claims, client_id: 'app' }), accepted],
    ['an nbf and iat of now', (claims) => ({ ...claims, nbf: now, iat: now }), accepted],
    ['no iat', ({ iat: _, ...claims }) => claims, accepted],
    ['an expired token', (claims) => ({ ...claims, exp: now - 1 }), refused],
    ['a token that expires now', (claims) => ({ ...claims, exp: now }), refused],
    ['no exp', ({ exp: _, ...claims }) => claims, refused],
    ['an exp that is text', (claims) => ({ ...claims, exp: '9999999999' as unknown as number }), refused],
    ['a token that is not yet valid', (claims) => ({ ...claims, nbf: now + 1 }), refused],
    ['a token issued later than now', (claims) => ({ ...claims, iat: now + 1 }), refused],
    ['another issuer', (claims) => ({ ...claims, iss: 'https://example.com' }), refused],
    ['an issuer with a slash too many', (claims) => ({ ...claims, iss: `${issuer.url}/` }), refused],
    ['no issuer', ({ iss: _, ...claims }) => claims, refused],
    ['another audience', (claims) => ({ ...claims, aud: 'app2' }), refused],
    ['another audience beside a right client_id', (claims) => ({ ...claims, aud: 'x', client_id: 'app' }), refused],
    ['an empty list of audiences', (claims) => ({ ...claims, aud: [] }), refused],
    ['neither audience nor client_id', ({ aud: _, ...claims }) => claims, refused],
  ])('%s', async (_title, change, expected) => {
    const { withClaims } = await guarded();
    expect(await withClaims(change(good()))).toEqual(expected);
  });
});

describe('scopes', () => {
  it.each<[string, JWTPayload, number]>([
    ['one of two in scope', { scope: 'openid logs:write' }, 200],
    ['one of two in scp, a list', { scp: ['logs:admin'] }, 200],
    ['none', {}, 403],
    ['another', { scope: 'logs:read' }, 403],
    ['one that only begins so', { scope: 'logs:writer' }, 403],
    ['something that is no text', { scope: { 'logs:write': true } }, 403],
  ])('%s', async (_title, claims, status) => {
    const { withClaims } = await guarded({ scopes: ['logs:write', 'logs:admin'] });
    expect(await withClaims({ ...good(), ...claims })).toEqual([status, status === 200 ? 1 : 0]);
  });

  it('are not asked about before the token counts', async () => {
    const { withClaims } = await guarded({ scopes: ['logs:write'] });
    expect(await withClaims({ ...good(), exp: now - 1 })).toEqual(refused);
  });

  it('are told of as the HTTP API does', async () => {
    const { send } = await guarded({ scopes: ['logs:write'] });
    expect(await send(`Bearer ${await issuer.token(good())}`)).toEqual(forbidden);
  });
});

describe('what is no token', () => {
  it('refuses a good token behind another word than "Bearer"', async () => {
    const { send, kept } = await guarded();
    const token = await issuer.token(good());
    for (const word of ['bearer', 'BEARER', 'Token', 'Basic', 'Bearer '])
      expect(await send(`${word} ${token}`)).toEqual(unauthorized);
    expect(kept).toEqual([]);
  });

  it.each(['Bearer', 'Bearer ', 'Basic YTpi', 'Bearer a.b.c', 'x', 'Bearer a b', 'Bearer ..'])(
    'refuses %j',
    async (header) => {
      const { send, kept } = await guarded();
      expect(await send(header)).toEqual(unauthorized);
      expect(kept).toEqual([]);
    },
  );

  it('refuses a request without the header, says what is missing, and asks the issuer nothing', async () => {
    const { url, kept, counters } = await guarded();
    const response = await fetch(`${url}/logs`, { method: 'POST', body: '{}' });
    expect([response.status, await response.text()]).toEqual(unauthorized);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(response.headers.get('apigw-requestid')).toBeTruthy();
    expect(kept).toEqual([]);
    expect(issuer.asked).toEqual([]);
    expect(counters().sources['logs']).toEqual({ accepted: 0, refused: { 401: 1 } });
  });

  it('refuses two headers, of which either might count', async () => {
    const { port, raw, kept } = await guarded();
    const token = await issuer.token(good());
    const one = post('/logs', { authorization: `Bearer ${token}` }, '{}').toString();
    const answer = await raw(one.replace('\r\n\r\n', `\r\nAuthorization: Bearer ${token}\r\n\r\n`));
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(port).toBeGreaterThan(0);
    expect(kept).toEqual([]);
  });

  it('answers before it reads the body', async () => {
    const { raw, kept } = await guarded();
    const head = 'POST /logs HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 70000\r\n\r\n';
    expect(await raw(head)).toMatch(/^HTTP\/1\.1 401 /);
    expect(kept).toEqual([]);
  });
});

describe('keys and algorithms', () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

  it('refuses a token that claims to need no signature', async () => {
    const { send, kept } = await guarded();
    for (const alg of ['none', 'None', 'NONE', '']) {
      const unsigned = `${part({ alg, kid: 'rsa' })}.${part(good())}`;
      for (const token of [`${unsigned}.`, unsigned, `${unsigned}.AAAA`])
        expect(await send(`Bearer ${token}`)).toEqual(unauthorized);
    }
    expect(kept).toEqual([]);
  });

  it('refuses the public key used as a shared secret', async () => {
    const { send, kept } = await guarded();
    const pem = await exportSPKI((await importJWK(issuer.publicJwk, 'RS256')) as Parameters<typeof exportSPKI>[0]);
    for (const secret of [pem, pem.trim(), JSON.stringify(issuer.publicJwk), issuer.publicJwk.n ?? '']) {
      const signed = `${part({ alg: 'HS256', kid: 'rsa' })}.${part(good())}`;
      const signature = createHmac('sha256', secret).update(signed).digest('base64url');
      expect(await send(`Bearer ${signed}.${signature}`)).toEqual(unauthorized);
    }
    expect(kept).toEqual([]);
  });

  it.each(['ES256', 'EdDSA', 'PS256'])('refuses %s, even from a key of the issuer', async (alg) => {
    const pair = await generateKeyPair(alg, { extractable: true });
    issuer.keys.push({ ...(await exportJWK(pair.publicKey)), kid: 'more' });
    const { send, kept } = await guarded();
    expect(await send(`Bearer ${await issuer.token(good(), { alg, kid: 'more' }, pair.privateKey)}`)).toEqual(
      unauthorized,
    );
    expect(kept).toEqual([]);
  });

  it('refuses a stranger’s key under a known kid, an unknown kid, no kid, and a key in the header', async () => {
    const { send, kept } = await guarded();
    const stranger = await generateKeyPair('RS256', { extractable: true });
    const jwk = await exportJWK(stranger.publicKey);
    const tokens = [
      await issuer.token(good(), {}, stranger.privateKey),
      await issuer.token(good(), { kid: 'unknown' }),
      await issuer.token(good(), { kid: undefined } as never),
      await issuer.token(good(), { kid: 'unknown', jwk }, stranger.privateKey),
    ];
    for (const token of tokens) expect(await send(`Bearer ${token}`)).toEqual(unauthorized);
    expect(kept).toEqual([]);
  });

  it('refuses a token that was changed after it was signed', async () => {
    const { send } = await guarded();
    const [head, , signature] = (await issuer.token({ ...good(), aud: 'x' })).split('.');
    expect(await send(`Bearer ${head}.${part(good())}.${signature}`)).toEqual(unauthorized);
  });

  it('keeps the keys for two hours, and asks again for a key that it does not know, at most every 10 seconds', async () => {
    let time = arrival;
    const { send } = await guarded({}, { clock: () => time });
    const bearer = async (kid: string) =>
      (await send(`Bearer ${await issuer.token({ ...good(), exp: now + 86_400 }, { kid })}`))[0];
    expect([await bearer('rsa'), await bearer('rsa')]).toEqual([200, 200]);
    expect(issuer.asked).toEqual(['/.well-known/openid-configuration', '/jwks']);
    issuer.keys.push({ ...issuer.publicJwk, kid: 'new' });
    for (const kid of ['a', 'b', 'new']) expect(await bearer(kid)).toBe(401);
    expect(issuer.asked).toHaveLength(2);
    time += 10_000;
    expect(await bearer('new')).toBe(200);
    expect(issuer.asked).toHaveLength(4);
    time += 2 * 3_600_000 + 1;
    issuer.keys.splice(0);
    expect(await bearer('new')).toBe(401);
  });

  it('asks for a key that it does not know also when the clock was set back', async () => {
    let time = arrival;
    const { send } = await guarded({}, { clock: () => time });
    const claims = { iss: issuer.url, aud: 'app', exp: now + 60 };
    const bearer = async (kid: string) => (await send(`Bearer ${await issuer.token(claims, { kid })}`))[0];
    expect(await bearer('rsa')).toBe(200);
    issuer.keys.push({ ...issuer.publicJwk, kid: 'new' });
    time -= 3_600_000;
    expect(await bearer('new')).toBe(200);
  });

  it('asks the issuer once for many requests at the same time', async () => {
    const { send } = await guarded();
    const token = await issuer.token(good());
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(`Bearer ${token}`)));
    expect(answers.map(([status]) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(issuer.asked).toHaveLength(2);
  });
});

describe('an issuer that is no help', () => {
  const text =
    (body: string, status = 200) =>
    (_: unknown, response: { writeHead(s: number): { end(b: string): void } }) =>
      response.writeHead(status).end(body);
  it.each<[string, () => Issuer['answer']]>([
    ['fails', () => text('{}', 500)],
    ['answers no JSON', () => text('<html>')],
    ['answers null', () => text('null')],
    [
      'names another issuer',
      () => (request, response) =>
        response.end(
          JSON.stringify(
            request.url === '/jwks' ? { keys: issuer.keys } : { issuer: 'https://x', jwks_uri: `${issuer.url}/jwks` },
          ),
        ),
    ],
    ['names no place for its keys', () => text(JSON.stringify({ issuer: issuer.url }))],
    [
      'gives keys that are none',
      () => (request, response) =>
        response.end(
          request.url === '/jwks'
            ? '{"keys":"x"}'
            : JSON.stringify({ issuer: issuer.url, jwks_uri: `${issuer.url}/jwks` }),
        ),
    ],
    ['redirects', () => (_, response) => response.writeHead(302, { location: 'https://example.com' }).end()],
    [
      'answers more than 150,000 bytes',
      () => text(JSON.stringify({ issuer: issuer.url, jwks_uri: `${issuer.url}/jwks`, x: 'x'.repeat(150_000) })),
    ],
    ['hangs up', () => (request) => request.socket.destroy()],
    ['never answers', () => () => undefined],
  ])('lets nobody in: it %s', async (_title, answer) => {
    issuer.answer = answer();
    const { withClaims } = await guarded();
    expect(await withClaims(good())).toEqual(refused);
  });

  it('of https is not believed that its keys are found over http', async () => {
    const own = 'https://issuer.example';
    const asked: string[] = [];
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (url) => {
      asked.push(new Request(url).url);
      return Response.json({ issuer: own, jwks_uri: 'http://issuer.example/jwks', keys: issuer.keys });
    });
    const find = createIssuerKeys(own, { clock: () => arrival, log: createLogFake() });
    await expect(find({ alg: 'RS256', kid: 'rsa' }, { payload: '', signature: '' })).rejects.toThrow('not known');
    expect(asked).toEqual([`${own}/.well-known/openid-configuration`]);
  });

  it('lets nobody in while it is gone, and asks it again 10 seconds later', async () => {
    let time = arrival;
    const { withClaims } = await guarded({}, { clock: () => time });
    issuer.answer = text('', 503);
    expect([await withClaims(good()), await withClaims(good())]).toEqual([refused, refused]);
    expect(issuer.asked).toHaveLength(1);
    issuer.answer = undefined;
    time += 10_000;
    expect(await withClaims(good())).toEqual(accepted);
  });
});

it('asks for no token before the route and the throttle have had their say', async () => {
  const { url, send, withClaims } = await guarded({}, { burst: 1 });
  expect((await fetch(`${url}/nowhere`, { method: 'POST' })).status).toBe(404);
  expect(await send(undefined)).toEqual(unauthorized);
  expect(await withClaims(good())).toEqual([429, 0]);
});

it('answers a preflight without a token, and tells a page of an allowed origin why it was refused', async () => {
  const jwt = { issuer: issuer.url, audience: ['app'], scopes: [] };
  const { url } = await gateway({
    sources: [sourcePlan('logs', [], { authorize: { jwt } })],
    cors: { allowOrigins: ['https://app.example.com'], allowMethods: ['POST'], allowHeaders: ['authorization'] },
  });
  const origin = 'https://app.example.com';
  const headers = { origin, 'access-control-request-method': 'POST' };
  expect((await fetch(`${url}/logs`, { method: 'OPTIONS', headers })).status).toBe(204);
  const response = await fetch(`${url}/logs`, { method: 'POST', headers: { origin }, body: '{}' });
  expect(response.status).toBe(401);
  expect(response.headers.get('access-control-allow-origin')).toBe(origin);
});
