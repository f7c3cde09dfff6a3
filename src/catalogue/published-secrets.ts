import type { DataScheme } from '../signature/scheme.ts';
import type { DataProvider } from './provider.ts';

/** The definition, with secrets that none of its schemes takes: those of its vectors, which whoever reads them knows. */
export function withPublishedSecrets(provider: DataProvider, secrets: readonly string[]): DataProvider {
  if (secrets.length === 0) return provider;
  const extend = (scheme: DataScheme): DataScheme =>
    scheme.scheme === 'none'
      ? scheme
      : { ...scheme, publishedSecrets: [...new Set([...(scheme.publishedSecrets ?? []), ...secrets])] };
  const { verify } = provider;
  if (!('alternatives' in verify)) return { ...provider, verify: extend(verify) };
  const alternatives = Object.entries(verify.alternatives).map(([name, scheme]) => [name, extend(scheme)]);
  return { ...provider, verify: { alternatives: Object.fromEntries(alternatives) as Record<string, DataScheme> } };
}
