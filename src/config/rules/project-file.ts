import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';

/** A file of the project that a setting names, or what is wrong with it, as the end of the sentence "the file …". */
type ProjectFile = { ok: true; file: string } | { ok: false; problem: string };

/**
 * Finds a file that is written relative to the project's root and must lie inside of it, links followed.
 *
 * @param advice What to do where there is none, behind a semicolon.
 */
export function projectFile(root: string, written: string, advice = ''): ProjectFile {
  const file = path.resolve(root, written);
  if (path.isAbsolute(written) || !isInside(root, file))
    return { ok: false, problem: 'must lie inside the project, written relative to its root' };
  const real = realFile(file);
  if (real === undefined) return { ok: false, problem: `does not exist${advice}` };
  // A link may point out of the project.
  if (!isInside(realpathSync(root), real)) return { ok: false, problem: 'leads out of the project' };
  return { ok: true, file };
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
