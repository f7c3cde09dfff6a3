import { credentialHeaders, credentialQuery } from '../signature/credentials.ts';
import type { Provider } from './provider.ts';
import { schemesOf } from './scheme-of.ts';

/** Names of what may carry a static credential. */
export interface Credentials {
  /** Lower-case. */
  headers: readonly string[];
  query: readonly string[];
}

/**
 * What may carry a credential in clear text in any of the provider's ways to verify: where a source goes over from a token to
 * signatures, messages from before still hold the token.
 */
export function credentialsOf(provider: Pick<Provider, 'verify'>): Credentials {
  const schemes = Object.values(schemesOf(provider));
  return { headers: schemes.flatMap(credentialHeaders), query: schemes.flatMap(credentialQuery) };
}
