import { needsOf } from '../signature/needs.ts';
import type { Scheme } from '../signature/scheme.ts';
import type { Provider } from './provider.ts';

/**
 * The query parameters of a source: the provider's, in which those that the chosen scheme cannot do without count as
 * `always`, as with its headers.
 */
export function mappedQuery(provider: Pick<Provider, 'query'>, scheme: Scheme): NonNullable<Provider['query']> {
  return {
    ...provider.query,
    ...Object.fromEntries(needsOf(scheme).query.map((name) => [name, 'always' as const])),
  };
}
