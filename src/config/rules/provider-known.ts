import { schemesOf } from '../../catalogue/scheme-of.ts';
import { didYouMean } from '../did-you-mean.ts';
import { eachSource } from './rule.ts';

/** The provider is in the catalogue, and so is the way of signing that the source names. */
export const providerKnown = eachSource((source, { provider, catalogue, mistakes }) => {
  const path = ['sources', source.id, 'provider'];
  if (!provider) {
    // Declared, with a mistake that is reported already.
    if (mistakes.some(({ path: [of, id] }) => of === 'providers' && id === source.provider)) return [];
    const guess = didYouMean(source.provider, catalogue.ids()) || '; `hookport providers` lists those that are known';
    return [{ path, message: `unknown provider "${source.provider}"${guess}` }];
  }
  if (source.verify === undefined) return [];
  const ways = Object.keys(schemesOf(provider)).filter((name) => name !== '');
  if (ways.includes(source.verify)) return [];
  const known =
    ways.length === 0 ? `${provider.id} has only one way of signing; remove this key` : `known are ${ways.join(', ')}`;
  const message = `${provider.id} has no way of signing called "${source.verify}"; ${known}`;
  return [{ path: ['sources', source.id, 'verify'], message }];
});
