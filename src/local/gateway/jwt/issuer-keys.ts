import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '../../../clock.ts';
import type { Log } from '../../../log.ts';
import { fetchJson } from './fetch-json.ts';

/** API Gateway may keep keys for two hours. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html */
const keepMs = 2 * 3_600_000;

/** The issuer is asked no more often, whatever key ids strangers make up. */
const restMs = 10_000;

/**
 * The keys of an issuer, found as OpenID Connect Discovery says, kept, and asked for again when a token names one that
 * is not among them. Rejects when there is none: nobody is let in without a key.
 */
export function createIssuerKeys(issuer: string, { clock, log }: { clock: Clock; log: Log }): JWTVerifyGetKey {
  let keys: { find: JWTVerifyGetKey; fetchedAt: number } | undefined;
  let askedAt = -Infinity;
  let asking: Promise<void> | undefined;
  // Either way: a clock that was set back must not keep anything until it is as late again.
  const since = (at: number) => Math.abs(clock() - at);

  const ask = async () => {
    askedAt = clock();
    try {
      keys = { find: createLocalJWKSet(await fetchKeys(issuer)), fetchedAt: clock() };
    } catch (error) {
      log.warn('the keys of a token issuer could not be read; its tokens are refused', {
        issuer,
        error: error instanceof Error ? error.message : String(error),
      });
    }
  };
  const refresh = async () => {
    if (!asking && since(askedAt) >= restMs) asking = ask().finally(() => (asking = undefined));
    await asking;
  };
  const current = () => {
    if (keys && since(keys.fetchedAt) < keepMs) return keys.find;
    throw new Error('the keys of the issuer are not known');
  };

  return async (header, token) => {
    if (!keys || since(keys.fetchedAt) >= keepMs) await refresh();
    const find = current();
    try {
      return await find(header, token);
    } catch (error) {
      await refresh();
      if (current() === find) throw error;
      return await current()(header, token);
    }
  };
}

async function fetchKeys(issuer: string): Promise<JSONWebKeySet> {
  const discovery = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const { issuer: named, jwks_uri: uri } = discovery as { issuer?: unknown; jwks_uri?: unknown };
  if (named !== issuer) throw new Error('its discovery document names another issuer');
  if (typeof uri !== 'string' || !URL.canParse(uri)) throw new Error('its discovery document has no jwks_uri');
  if (issuer.startsWith('https:') && !uri.startsWith('https:')) throw new Error('its jwks_uri is not https');
  return (await fetchJson(uri)) as JSONWebKeySet;
}
