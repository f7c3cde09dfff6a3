import { mappedQuery } from '../catalogue/mapped-query.ts';
import { enteredUrl, registeredUrl, secretPlaceholder } from '../catalogue/registered-url.ts';
import { schemeOf } from '../catalogue/scheme-of.ts';
import type { SourcePlan } from '../plan/plan.ts';
import { credentialQuery } from '../signature/credentials.ts';
import { describeEntrance } from './describe-entrance.ts';
import { findProvider, type Providers } from './project.ts';

/** How a source is registered at its provider, for people and programs. */
export interface Connection {
  id: string;
  provider: string;
  url: string;
  /** In the provider's dashboard, with the URL in them. */
  setup: readonly string[];
  /** The URL that the provider signs, where it is another than `url`: the steps name it. */
  signedUrl: string | undefined;
  /** The query parameters that are kept, besides the token. */
  query: readonly string[];
  /** Who may post, beside what the provider signs; undefined where that is all. */
  letsIn: string | undefined;
  signed: boolean;
}

/** @param base The URL that the source is served at. */
export async function connectionOf(source: SourcePlan, base: string, providers: Providers): Promise<Connection> {
  const provider = findProvider(source.provider, providers);
  const guide = await providers.guideOf(provider.id);
  const scheme = schemeOf(provider, source.verify);
  const url = registeredUrl(base, scheme);
  const token = credentialQuery(scheme);
  const kept = mappedQuery(provider, scheme);
  const entered = enteredUrl(url, scheme, source.publicUrl);
  const setup = (guide?.setup ?? []).map((step) => step.replaceAll('{url}', entered));
  return {
    id: source.id,
    provider: source.provider,
    url,
    setup,
    signedUrl: entered === url ? undefined : entered,
    query: Object.keys(kept).filter((name) => kept[name] === 'always' && !token.includes(name)),
    letsIn: describeEntrance(source),
    signed: !source.unsigned,
  };
}

/** @param secret Where its secret goes, as a sentence. */
export function describeConnection(
  { id, url, setup, signedUrl, query, letsIn, signed }: Connection,
  secret: string,
): string {
  return [
    `${id}  ${url}`,
    ...setup.map((step, index) => `  ${index + 1}. ${step}`),
    ...(url.includes(secretPlaceholder)
      ? [`  Put the secret in place of ${secretPlaceholder}. Whoever logs the URL on its way has it.`]
      : []),
    ...(signedUrl === undefined
      ? []
      : [`  Enter publicUrl, ${signedUrl}, to the letter: it is signed. It must lead to ${url}.`]),
    ...(query.length === 0 ? [] : [`  Query parameters kept, if the provider sends them: ${query.join(', ')}`]),
    ...(letsIn === undefined ? [] : [`  Lets in: ${letsIn}`]),
    ...(signed ? [`  ${secret}`] : []),
    '',
  ].join('\n');
}
