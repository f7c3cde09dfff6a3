import { HookportError } from '../errors.ts';
import type { Scheme } from '../signature/scheme.ts';
import type { Provider } from './provider.ts';

/**
 * The scheme that a source verifies with: the provider's only one, or the alternative that the configuration names;
 * without a name, the first. What a request carries has no say in it.
 *
 * @throws HookportError `provider_invalid` when the provider has no such alternative
 */
export function schemeOf(provider: Pick<Provider, 'id' | 'verify'>, alternative?: string): Scheme {
  const scheme = findScheme(provider, alternative);
  if (scheme) return scheme;
  const names = Object.keys(schemesOf(provider));
  const known = names.filter((each) => each !== '').join(', ');
  throw new HookportError(
    'provider_invalid',
    `provider "${provider.id}" has no way to verify named "${alternative ?? ''}"; ${known === '' ? 'it has one way, without a name' : `it has ${known}`}`,
  );
}

/** Like {@link schemeOf}, but undefined when the provider has no such alternative. */
export function findScheme(provider: Pick<Provider, 'verify'>, alternative?: string): Scheme | undefined {
  const schemes = schemesOf(provider);
  const name = alternative ?? Object.keys(schemes)[0] ?? '';
  return Object.hasOwn(schemes, name) ? schemes[name] : undefined;
}

/** All schemes by name, in their order; a provider's only one has the empty name. */
export function schemesOf(provider: Pick<Provider, 'verify'>): Readonly<Record<string, Scheme>> {
  return 'alternatives' in provider.verify ? provider.verify.alternatives : { '': provider.verify };
}
