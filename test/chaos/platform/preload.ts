import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Why nothing can be preloaded here; undefined when it can. */
export function unableToPreload(): string | undefined {
  if (process.platform !== 'linux') return 'LD_PRELOAD as it is used here is Linux’s';
  try {
    execFileSync('gcc', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'no gcc';
  }
}

/** Compiles a C file of the chaos suite into a library for LD_PRELOAD. @returns the library's path */
export function compile(source: string, folder: string): string {
  const library = join(folder, 'preloaded.so');
  const file = join(import.meta.dirname, '..', source);
  execFileSync('gcc', ['-O1', '-shared', '-fPIC', '-o', library, file, '-ldl', '-lpthread']);
  return library;
}
