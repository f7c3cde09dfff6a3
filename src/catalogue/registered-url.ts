import { credentialQuery } from '../signature/credentials.ts';
import { needsOf } from '../signature/needs.ts';
import type { Scheme } from '../signature/scheme.ts';

/** What stands for the secret in a URL that is shown. */
export const secretPlaceholder = '<secret>';

/**
 * The URL as it is entered at the provider. Where the token stands in the query, a placeholder stands there: no page and no
 * command shows the secret.
 */
export function registeredUrl(url: string, scheme: Scheme): string {
  const [name] = credentialQuery(scheme);
  if (name === undefined) return url;
  const prefix = scheme.scheme === 'token' ? (scheme.prefix ?? '') : '';
  return `${url}?${name}=${prefix}${secretPlaceholder}`;
}

/**
 * The URL that the steps at the provider name. Of one that signs it that is `publicUrl`, by which it is verified, whatever leads from
 * there to the source.
 *
 * @param served Where the source is served, with its token.
 */
export function enteredUrl(served: string, scheme: Scheme, publicUrl: string | undefined): string {
  return publicUrl !== undefined && needsOf(scheme).url ? publicUrl : served;
}
