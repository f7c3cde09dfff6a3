import { loadSchema } from '../../payload-schema/load.ts';
import { projectFile } from './project-file.ts';
import { eachSource, placeOf } from './rule.ts';

/** A payload's schema is a file of the project that compiles: found here, and not with the first delivery. */
export const payloadSchemas = eachSource(({ id, payloadSchema }, { raw, root }) => {
  if (payloadSchema === undefined) return [];
  const problem = problemOf(payloadSchema, root);
  if (problem === undefined) return [];
  return [{ path: placeOf(raw, id, ['payloadSchema']), message: `payloadSchema "${payloadSchema}" ${problem}` }];
});

function problemOf(written: string, root: string): string | undefined {
  const found = projectFile(root, written);
  if (!found.ok) return found.problem;
  const loaded = loadSchema(found.file);
  return loaded.ok ? undefined : loaded.problem;
}
