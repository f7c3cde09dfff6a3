import type { Finding } from './issue.ts';
import type { RawConfig } from './schema.ts';

/**
 * What is left of a configuration without the keys that do not fit the schema, so that the other rules still report
 * what they find. Undefined when nothing usable is left.
 */
export function prune(value: unknown, findings: readonly Finding[]): RawConfig | undefined {
  const rest: unknown = structuredClone(value);
  if (!isMap(rest)) return undefined;
  for (const { path } of findings) {
    const [top, id, key] = path.map(String);
    if (top === undefined) continue;
    const entry = top === 'sources' && id !== undefined ? child(rest['sources'], id) : undefined;
    if (top !== 'sources' && top !== 'name') delete rest[top];
    else if (isMap(entry) && key !== undefined) delete entry[key];
    else if (isMap(rest['sources']) && id !== undefined) delete rest['sources'][id];
  }
  if (!isMap(rest['sources'])) return undefined;
  for (const [id, source] of Object.entries(rest['sources']))
    if (!isMap(source) || typeof source['provider'] !== 'string') delete rest['sources'][id];
  const name = typeof rest['name'] === 'string' ? rest['name'] : 'unnamed';
  return { ...rest, name, sources: rest['sources'] } as RawConfig;
}

function child(value: unknown, key: string): unknown {
  return isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
