import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { catalogue } from '../../providers/index.ts';
import { loadGuide } from '../../providers/samples/index.ts';
import type { Catalogue, Provider, ProviderGuide } from '../catalogue/provider.ts';
import { extendCatalogue } from '../catalogue/registry.ts';
import type { Config, OwnProvider } from '../config/config.ts';
import { formatIssue, type Issue } from '../config/issue.ts';
import { type LoadedConfig, loadConfig } from '../config/load.ts';
import { maxMappingLength } from '../delivery/wire.ts';
import { type LimitUse, limitsOf, mappingsTooLong, sourcesThatFit } from '../plan/limits.ts';
import { makePlan } from '../plan/make-plan.ts';
import type { Plan, SourcePlan } from '../plan/plan.ts';
import { HookportError } from '../errors.ts';
import { didYouMean } from '../config/did-you-mean.ts';

/** Where package.json is: handlers and `.env` are relative to it, also when `--config` names a file elsewhere. */
export const projectRoot = path.resolve(import.meta.dirname, '../..');

/** The catalogue, as a module that threads can import. */
export const catalogueUrl = new URL('../../providers/index.ts', import.meta.url).href;

export interface ConfigOption {
  config: string;
}

/** Adds `--config`, which every command takes. */
export function withConfig(command: Command): Command {
  return command.option('--config <file>', 'the configuration', path.relative('', defaultConfig()) || defaultConfig());
}

/** The configuration where no --config names another. */
export function defaultConfig(): string {
  return fileURLToPath(new URL('../../webhooks.config.yaml', import.meta.url));
}

/** The configuration has mistakes: the message is one line for each, with its place. */
export class ConfigIssues extends HookportError {
  readonly issues: readonly Issue[];

  constructor(issues: readonly Issue[]) {
    const lines = issues.map(formatIssue);
    const sum = issues.length === 1 ? '1 mistake' : `${issues.length} mistakes`;
    super('config_invalid', `${lines.join('\n')}\n\n${sum} in the configuration; nothing was done.`);
    this.issues = issues;
  }
}

/** The providers that come with Hookport, and those that the configuration declares. */
export interface Providers {
  catalogue: Catalogue;
  /** Setup steps and samples; undefined for an unknown provider. */
  guideOf: (provider: string) => Promise<ProviderGuide | undefined>;
}

export interface Project extends Providers {
  config: Config;
  plan: Plan;
}

/** @throws ConfigIssues */
export async function loadProject({ config: file }: ConfigOption): Promise<Project> {
  return checkProject(await loadConfig(path.resolve(file), { catalogue, root: projectRoot, shownAs: file }), file);
}

/** The plan of a configuration that was read. @param file As messages show it. @throws ConfigIssues */
export function checkProject(loaded: LoadedConfig, file: string): Project {
  if (!loaded.ok) throw new ConfigIssues(loaded.issues);
  const plan = makePlan(loaded.config, catalogue);
  const exceeded = limitsOf(plan).filter(({ used, limit }) => used > limit);
  const issues = [
    ...exceeded.map((each) => tooMany(file, plan, each)),
    ...mappingsTooLong(plan).map((each) => tooLong(file, each)),
  ];
  if (issues.length > 0) throw new ConfigIssues(issues);
  return { config: loaded.config, plan, ...providersWith(loaded.config.providers) };
}

/** The providers alone, whatever else is wrong in the configuration. One with a mistake of its own is left out. */
export async function loadProviders({ config: file }: ConfigOption): Promise<Providers & { issues: readonly Issue[] }> {
  const loaded = await loadConfig(path.resolve(file), { catalogue, root: projectRoot, shownAs: file });
  if (loaded.ok) return { ...providersWith(loaded.config.providers), issues: [] };
  return { ...providersWith(loaded.providers), issues: loaded.issues };
}

/** Those that come with Hookport, where there is no configuration yet. */
export const builtInProviders: Providers = providersWith([]);

function providersWith(own: readonly OwnProvider[]): Providers {
  const definitions = own.map(({ definition }) => definition);
  return {
    catalogue: extendCatalogue(catalogue, definitions),
    guideOf: async (id) => own.find(({ definition }) => definition.id === id)?.guide ?? loadGuide(id),
  };
}

/** About the whole file, since no one source is too many. */
function tooMany(file: string, plan: Plan, { name, used, limit }: LimitUse): Issue {
  const message = `${plan.sources.length} sources need ${used} ${name}, which has ${limit}; one stack holds ${sourcesThatFit(plan)} sources like the largest of these, so split the file in two with another \`name\``;
  return { file, line: 1, column: 1, message };
}

/** Of a provider of one's own: those that come with Hookport fit. */
function tooLong(file: string, { source, length }: ReturnType<typeof mappingsTooLong>[number]): Issue {
  const message = `sources.${source.id}: the mapping of the headers and query parameters of ${source.provider} has ${length} characters, and API Gateway takes ${maxMappingLength}; take what no handler needs out of the provider's \`headers\` and \`query\``;
  return { file, line: 1, column: 1, message };
}

/** @throws HookportError `usage` when there is no such provider */
export function findProvider(id: string, { catalogue }: Pick<Providers, 'catalogue'>): Provider {
  const provider = catalogue.get(id);
  if (provider) return provider;
  throw new HookportError(
    'usage',
    `unknown provider "${id}"${didYouMean(id, catalogue.ids()) || '; `hookport providers` lists them'}`,
  );
}

/** @throws HookportError `usage` when there is no such source */
export function findSource(plan: Plan, id: string): SourcePlan {
  const source = plan.sources.find((each) => each.id === id);
  if (source) return source;
  const ids = plan.sources.map((each) => each.id);
  throw new HookportError(
    'usage',
    `no source is called "${id}"${didYouMean(id, ids) || `; there are ${ids.join(', ')}`}`,
  );
}
