import { projectFile } from './project-file.ts';
import { eachSource, placeOf } from './rule.ts';

/** A handler is a file of the project: what a deploy bundles and what the local platform runs. */
export const handlers = eachSource(({ id, handler }, { raw, root }) => {
  if (handler === undefined) return [];
  const problem = problemOf(handler, root);
  return problem === undefined ? [] : [{ path: placeOf(raw, id, ['handler']), message: problem }];
});

function problemOf(handler: string, root: string): string | undefined {
  if (!/\.(ts|mts|js|mjs)$/.test(handler)) return `handler "${handler}" must be a .ts, .mts, .js or .mjs file`;
  // esbuild takes it for a pattern, and finds no file.
  if (handler.includes('*'))
    return `handler "${handler}" must not hold a "*", or it cannot be bundled; rename the file`;
  const found = projectFile(root, handler, '; create it, or remove the key to consume the queue yourself');
  return found.ok ? undefined : `handler "${handler}" ${found.problem}`;
}
