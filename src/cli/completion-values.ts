import { readFileSync } from 'node:fs';
import { isMap, isScalar, parseDocument } from 'yaml';
import { failureReasons, otherRejections, outcomeKinds } from '../delivery/outcome.ts';
import { rejectionReasons } from '../signature/types.ts';
import { builtInProviders, defaultConfig } from './project.ts';

/** A value and what a shell shows beside it. */
export type Suggestion = readonly [value: string, description: string];

/** What may stand for an argument, by its name; those of a `providers` command name providers. */
export function argumentValues(command: string, argument: string): readonly Suggestion[] {
  if (argument === 'provider' || (argument === 'id' && command.startsWith('providers'))) return providers();
  if (argument === 'source') return sources();
  return [];
}

/** What may stand behind an option, by its name. */
export function optionValues(option: string): readonly Suggestion[] {
  if (option === 'providers') return providers();
  if (option === 'source') return sources();
  if (option === 'outcome') return outcomeKinds.map((kind) => [kind, 'outcome']);
  if (option === 'reason') return Object.entries({ ...rejectionReasons, ...otherRejections, ...failureReasons });
  return [];
}

function providers(): readonly Suggestion[] {
  const { catalogue } = builtInProviders;
  return catalogue.ids().map((id) => [id, catalogue.get(id)?.name ?? id]);
}

/** The sources of the configuration that the line names. Whatever is wrong with it, completion must not fail. */
function sources(): readonly Suggestion[] {
  try {
    const map: unknown = parseDocument(readFileSync(configOf(process.argv), 'utf8')).get('sources');
    if (!isMap(map)) return [];
    return map.items.flatMap(({ key, value }): Suggestion[] => {
      if (!isScalar(key) || typeof key.value !== 'string') return [];
      const provider: unknown = isMap(value) ? value.get('provider') : undefined;
      return [[key.value, typeof provider === 'string' ? provider : 'source']];
    });
  } catch {
    return [];
  }
}

function configOf(args: readonly string[]): string {
  const at = args.lastIndexOf('--config');
  const given = args.findLast((arg) => arg.startsWith('--config='))?.slice('--config='.length) ?? args[at + 1];
  return at < 0 && !args.some((arg) => arg.startsWith('--config=')) ? defaultConfig() : (given ?? defaultConfig());
}
