import { join } from 'node:path';
import { HookportError } from '../errors.ts';
import type { SourcePlan } from '../plan/plan.ts';
import type { CheckPayload } from './check.ts';

/**
 * The checks of all payload schemas, by the file that the plan names. ajv is loaded only if there are any.
 *
 * @throws HookportError `config_invalid` when a file is gone or no schema any more
 */
export async function loadPayloadChecks(
  sources: readonly SourcePlan[],
  root: string,
): Promise<ReadonlyMap<string, CheckPayload>> {
  const files = new Set(sources.flatMap(({ consumer }) => consumer?.payloadSchema ?? []));
  if (files.size === 0) return new Map();
  const { loadSchema } = await import('./load.ts');
  const checks = [...files].map((file) => {
    const loaded = loadSchema(join(root, file));
    if (!loaded.ok) throw new HookportError('config_invalid', `payloadSchema "${file}" ${loaded.problem}`);
    return [file, loaded.check] as const;
  });
  return new Map(checks);
}
