import type { Catalogue, Provider } from '../../catalogue/provider.ts';
import type { Config, SourceConfig } from '../config.ts';
import type { ConfigPath, Finding } from '../issue.ts';
import type { RawConfig } from '../schema.ts';

/** What a rule may look at. */
export interface RuleContext {
  /** As written, for the places. */
  raw: RawConfig;
  config: Config;
  /** With the providers that the configuration declares. */
  catalogue: Catalogue;
  /** Without them. */
  builtIn: Catalogue;
  /** Absolute path of the project: where package.json is. */
  root: string;
  /** What does not fit the schema; the settings concerned are in neither `raw` nor `config`. */
  mistakes: readonly Finding[];
}

/** A rule between keys, beyond what the schema can say. It finds; it never throws. */
export type Rule = (context: RuleContext) => Finding[];

/** A rule that looks at one source at a time. */
export function eachSource(
  check: (source: SourceConfig, context: RuleContext & { provider: Provider | undefined }) => Finding[],
): Rule {
  return (context) =>
    context.config.sources.flatMap((source) =>
      check(source, { ...context, provider: context.catalogue.get(source.provider) }),
    );
}

/**
 * Where a source's setting stands: in the source, in `defaults`, or nowhere (then the source itself). Of several settings
 * the first that is written anywhere.
 */
export function placeOf(raw: RawConfig, id: string, ...settings: ConfigPath[]): ConfigPath {
  for (const setting of settings)
    for (const start of [['sources', id], ['defaults']]) {
      let node: unknown = raw;
      for (const key of [...start, ...setting])
        node = isObject(node) && Object.hasOwn(node, key) ? node[key] : undefined;
      if (node !== undefined) return [...start, ...setting];
    }
  return ['sources', id];
}

function isObject(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}
