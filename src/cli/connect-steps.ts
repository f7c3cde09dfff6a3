import type { ProviderGuide } from '../catalogue/provider.ts';
import type { SourcePlan } from '../plan/plan.ts';
import { describeEntrance } from './describe-entrance.ts';

/** How a source is registered at its provider, for people and programs. */
export interface Connection {
  id: string;
  provider: string;
  url: string;
  /** In the provider's dashboard, with the URL in them. */
  setup: readonly string[];
  /** Who may post, beside what the provider signs; undefined where that is all. */
  letsIn: string | undefined;
  signed: boolean;
}

/** @param guide The provider's; undefined for one without steps. */
export function connectionOf(source: SourcePlan, url: string, guide: ProviderGuide | undefined): Connection {
  const setup = (guide?.setup ?? []).map((step) => step.replaceAll('{url}', url));
  return {
    id: source.id,
    provider: source.provider,
    url,
    setup,
    letsIn: describeEntrance(source),
    signed: !source.unsigned,
  };
}

/** @param secret Where its secret goes, as a sentence. */
export function describeConnection({ id, url, setup, letsIn, signed }: Connection, secret: string): string {
  return [
    `${id}  ${url}`,
    ...setup.map((step, index) => `  ${index + 1}. ${step}`),
    ...(letsIn === undefined ? [] : [`  Lets in: ${letsIn}`]),
    ...(signed ? [`  ${secret}`] : []),
    '',
  ].join('\n');
}
