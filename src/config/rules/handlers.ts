import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { eachSource, placeOf } from './rule.ts';

/** A handler is a file of the project: what a deploy bundles and what the local platform runs. */
export const handlers = eachSource(({ id, handler }, { raw, root }) => {
  if (handler === undefined) return [];
  const problem = problemOf(handler, root);
  return problem === undefined ? [] : [{ path: placeOf(raw, id, ['handler']), message: problem }];
});

function problemOf(handler: string, root: string): string | undefined {
  if (!/\.(ts|mts|js|mjs)$/.test(handler)) return `handler "${handler}" must be a .ts, .mts, .js or .mjs file`;
  const file = path.resolve(root, handler);
  if (path.isAbsolute(handler) || !isInside(root, file))
    return `handler "${handler}" must lie inside the project, written relative to its root`;
  const real = realFile(file);
  if (real === undefined)
    return `handler "${handler}" does not exist; create it, or remove the key to consume the queue yourself`;
  // A link may point out of the project.
  if (!isInside(realpathSync(root), real)) return `handler "${handler}" leads out of the project`;
  return undefined;
}

/** Where the links of a path lead; undefined when it is no file, or no path that the system takes. */
function realFile(file: string): string | undefined {
  try {
    return statSync(file).isFile() ? realpathSync(file) : undefined;
  } catch {
    return undefined;
  }
}

function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '' && relative.split(path.sep)[0] !== '..' && !path.isAbsolute(relative);
}
