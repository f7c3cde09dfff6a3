import { readFileSync } from 'node:fs';
import { declaredProvider } from './handler-provider.ts';
import { projectFile } from './project-file.ts';
import { eachSource, placeOf } from './rule.ts';

/** A handler is a file of the project, what a deploy bundles and what the local platform runs, and is written for the source's provider. */
export const handlers = eachSource(({ id, handler }, { raw, root, provider }) => {
  if (handler === undefined) return [];
  const problem = problemOf(handler, root, { id, provider: provider?.id });
  return problem === undefined
    ? []
    : [{ path: placeOf(raw, id, ['handler']), message: `handler "${handler}" ${problem}` }];
});

/** @param source Its provider is undefined where nobody knows it, which another rule tells. */
function problemOf(
  handler: string,
  root: string,
  source: { id: string; provider: string | undefined },
): string | undefined {
  if (!/\.(ts|mts|js|mjs)$/.test(handler)) return 'must be a .ts, .mts, .js or .mjs file';
  // esbuild takes it for a pattern, and finds no file.
  if (handler.includes('*')) return 'must not hold a "*", or it cannot be bundled; rename the file';
  const found = projectFile(root, handler, '; create it, or remove the key to consume the queue yourself');
  if (!found.ok) return found.problem;
  const declared = source.provider === undefined ? undefined : declaredIn(found.file);
  if (!declared || declared.provider === source.provider) return undefined;
  return `is written for the provider ${declared.provider}, and the source "${source.id}" has ${source.provider}; name a handler for ${source.provider}, or write ${declared.by}('${source.provider}', …) in that file; without a provider it takes any`;
}

/** A file that cannot be read fails where it is loaded or bundled, and says why there. */
function declaredIn(file: string): ReturnType<typeof declaredProvider> {
  try {
    return declaredProvider(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
