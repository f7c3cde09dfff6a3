import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { eachSource, placeOf } from './rule.ts';

/** A handler is a file of the project: what a deploy bundles and what the local platform runs. */
export const handlers = eachSource(({ id, handler }, { raw, root }) => {
  if (handler === undefined) return [];
  const problem = problemOf(handler, root);
  return problem === undefined ? [] : [{ path: placeOf(raw, id, 'handler'), message: problem }];
});

function problemOf(handler: string, root: string): string | undefined {
  if (!/\.(ts|mts|js|mjs)$/.test(handler)) return `handler "${handler}" must be a .ts, .mts, .js or .mjs file`;
  const file = path.resolve(root, handler);
  if (path.isAbsolute(handler) || !isInside(root, file))
    return `handler "${handler}" must lie inside the project, written relative to its root`;
  if (!statSync(file, { throwIfNoEntry: false })?.isFile())
    return `handler "${handler}" does not exist; create it, or remove the key to consume the queue yourself`;
  // A link may point out of the project.
  if (!isInside(realpathSync(root), realpathSync(file))) return `handler "${handler}" leads out of the project`;
  return undefined;
}

function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
}
