import type { Finding } from './issue.ts';
import type { RawConfig } from './schema.ts';

/**
 * What is left of a configuration without the settings that do not fit the schema, so that the other rules still report
 * what they find. Undefined when nothing usable is left.
 */
export function prune(value: unknown, findings: readonly Finding[]): RawConfig | undefined {
  const rest: unknown = structuredClone(value);
  if (!isMap(rest)) return undefined;
  for (const { path } of findings) {
    const keys = path.map(String);
    remove(rest, keys.slice(0, depths[keys[0] ?? ''] ?? 1));
  }
  const sources = isMap(rest['sources']) ? rest['sources'] : {};
  for (const [id, source] of Object.entries(sources))
    if (!isMap(source) || typeof source['provider'] !== 'string') delete sources[id];
  return {
    ...rest,
    name: typeof rest['name'] === 'string' ? rest['name'] : 'unnamed',
    sources,
  } as RawConfig;
}

/** Settings go as wholes: half of a group might break a rule that the whole keeps. */
const depths: Readonly<Record<string, number>> = { providers: 2, sources: 3, defaults: 2 };

function remove(from: Record<string, unknown>, keys: readonly string[]): void {
  const [first, ...others] = keys;
  if (first === undefined || !Object.hasOwn(from, first)) return;
  const inner = from[first];
  if (others.length === 0) delete from[first];
  else if (isMap(inner)) remove(inner, others);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
