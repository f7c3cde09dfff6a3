import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { onTestFinished } from 'vitest';

type Signer = Parameters<SignJWT['sign']>[0];

export interface Issuer {
  /** What its tokens' `iss` says. */
  url: string;
  /** The RSA key's public half, with `kid: rsa`. */
  publicJwk: JWK;
  /** What `/jwks` answers with; may be changed. */
  keys: JWK[];
  /** Paths that were asked for. */
  asked: string[];
  /** Replaces the answers; undefined: as usual. */
  answer: RequestListener | undefined;
  /** A token signed with the RSA key, unless told otherwise. */
  token(claims: JWTPayload, header?: Partial<JWTHeaderParameters>, key?: Signer): Promise<string>;
  close(): Promise<void>;
}

const rsa = await generateKeyPair('RS256', { extractable: true });

/** An OpenID Connect issuer on this machine. */
export async function openIssuer(): Promise<Issuer> {
  const publicJwk = { ...(await exportJWK(rsa.publicKey)), kid: 'rsa', alg: 'RS256', use: 'sig' };
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (issuer.answer) {
      issuer.answer(request, response);
      return;
    }
    const { url, keys } = issuer;
    const documents: Record<string, unknown> = {
      '/.well-known/openid-configuration': { issuer: url, jwks_uri: `${url}/jwks` },
      '/jwks': { keys },
    };
    response.end(JSON.stringify(documents[request.url ?? '']));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer: Issuer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    publicJwk,
    keys: [publicJwk],
    asked,
    answer: undefined,
    token: (claims, header, key = rsa.privateKey) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'rsa', ...header }).sign(key),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return issuer;
}

/** One that is closed after the test. */
export async function startIssuer(): Promise<Issuer> {
  const issuer = await openIssuer();
  onTestFinished(() => issuer.close());
  return issuer;
}
