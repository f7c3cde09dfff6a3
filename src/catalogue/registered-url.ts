import { credentialQuery } from '../signature/credentials.ts';
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
