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
  const found = projectFile(root, handler);
  if (found.ok) return undefined;
  switch (found.problem) {
    case 'outside':
      return `handler "${handler}" must lie inside the project, written relative to its root`;
    case 'missing':
      return `handler "${handler}" does not exist; create it, or remove the key to consume the queue yourself`;
    case 'linkedOutside':
      return `handler "${handler}" leads out of the project`;
  }
}
