import { HookportError } from '../errors.ts';
import type { Catalogue, Provider } from './provider.ts';

/**
 * Makes a catalogue of providers. An id that nobody defined gives undefined, never a default.
 *
 * @throws HookportError `provider_invalid` when two providers have one id, or one is no definition at all
 */
export function createCatalogue(providers: readonly Provider[]): Catalogue {
  const none = providers.findIndex((provider: Partial<Provider> | undefined) => typeof provider?.id !== 'string');
  if (none >= 0)
    throw new HookportError(
      'provider_invalid',
      `entry ${none + 1} of the list in providers/index.ts is no provider: its file must export what defineProvider gives`,
    );
  const byId = new Map(providers.map((provider) => [provider.id, provider]));
  if (byId.size < providers.length) {
    const ids = providers.map(({ id }) => id);
    const twice = ids.find((id, index) => ids.indexOf(id) !== index);
    throw new HookportError('provider_invalid', `two providers have the id "${twice}"`);
  }
  const ids = Object.freeze([...byId.keys()].toSorted());
  return { get: (id) => byId.get(id), ids: () => ids };
}

/** A catalogue with further providers. One that has the id of another is not seen: it may not take its place. */
export function extendCatalogue(catalogue: Catalogue, providers: readonly Provider[] = []): Catalogue {
  if (providers.length === 0) return catalogue;
  const further = createCatalogue(providers.filter(({ id }) => catalogue.get(id) === undefined));
  const ids = Object.freeze([...catalogue.ids(), ...further.ids()].toSorted());
  return { get: (id) => catalogue.get(id) ?? further.get(id), ids: () => ids };
}

/** The provider of a source. @throws HookportError `internal` when the catalogue lacks it: a configuration's rules refuse that before */
export function providerOf({ provider: id }: { provider: string }, { catalogue }: { catalogue: Catalogue }): Provider {
  const provider = catalogue.get(id);
  if (provider) return provider;
  throw new HookportError('internal', `no provider "${id}" in the catalogue`);
}
