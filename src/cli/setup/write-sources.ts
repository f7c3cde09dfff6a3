import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseConfig } from '../../config/load.ts';
import { HookportError } from '../../errors.ts';
import { createPrivateFile } from '../../private-file.ts';
import { builtInProviders, checkProject, findProvider, type Project, type Providers } from '../project.ts';
import { whoMakesSecret } from './draft-source.ts';
import { withEnvEntries } from './env-entries.ts';
import { handlerStub } from './handler-stub.ts';
import type { SourceEntry } from './source-entry.ts';

export interface WriteOptions {
  /** The project's root, where handlers and `.env` are. */
  root: string;
  /** The configuration, as messages show it. */
  file: string;
  /** Its new text. */
  text: string;
  /** The sources that are new in it. */
  entries: readonly SourceEntry[];
  /** Those that they may name. */
  providers: Providers;
}

export interface Written {
  project: Project;
  /** What was written, relative to the root; handlers that existed are not among them, since they stay as they are. */
  files: readonly string[];
}

/**
 * Writes handler stubs, places in `.env` and the configuration, in this order, so that an end in between leaves no
 * configuration that names what is not there. A configuration with mistakes is not written.
 *
 * @throws ConfigIssues when the new text has mistakes; `file_unwritable`, `secret_unreadable`. Nothing stays written then
 */
export async function writeSources({ root, file, text, entries, providers }: WriteOptions): Promise<Written> {
  const env = await readEnv(path.join(root, '.env'), entries, providers);
  const undo: (() => void)[] = [];
  try {
    const stubs = await writeStubs(root, entries, providers, undo);
    const project = checkProject(parseConfig(file, text, { catalogue: builtInProviders.catalogue, root }), file);
    const changesEnv = env.after !== (env.before ?? '');
    if (changesEnv) {
      if (env.before === undefined) createPrivateFile(env.file);
      write(env.file, env.after, undo);
    }
    write(path.resolve(file), text, undo);
    return { project, files: [file, ...stubs, ...(changesEnv ? ['.env'] : [])] };
  } catch (error) {
    for (const each of undo.toReversed()) each();
    throw asUnwritable(error);
  }
}

/** Writes a file; what is undone of it leaves the file as it was, also where the disk was full in the middle. */
function write(file: string, text: string, undo: (() => void)[]): void {
  const before = readIfThere(file);
  undo.push(() => {
    try {
      if (before === undefined) rmSync(file, { force: true });
      else writeFileSync(file, before);
    } catch {
      // What may not be written was not changed.
    }
  });
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw asUnwritable(error, file);
  }
}

/** What the file system said of a file, for people; another error as it is. A full disk's does not name the file. */
export function asUnwritable(error: unknown, file?: string): unknown {
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) return error;
  const which = path.relative('', file ?? ('path' in error ? String(error.path) : '')) || 'a file';
  const message = `${which} cannot be written (${String(error.code)}); nothing was done`;
  return new HookportError('file_unwritable', message, { cause: error });
}

async function writeStubs(
  root: string,
  entries: readonly SourceEntry[],
  providers: Providers,
  undo: (() => void)[],
): Promise<string[]> {
  const written: string[] = [];
  for (const { id, provider, handler } of entries) {
    if (handler === undefined || existsSync(path.join(root, handler))) continue;
    const samples = (await (await providers.guideOf(provider))?.samples()) ?? [];
    mkdirSync(path.dirname(path.join(root, handler)), { recursive: true });
    write(path.join(root, handler), handlerStub(id, findProvider(provider, providers), samples), undo);
    written.push(handler);
  }
  return written;
}

/** `.env` as it is, undefined where there is none; and with a place for each secret. */
async function readEnv(file: string, entries: readonly SourceEntry[], providers: Providers) {
  const before = readIfThere(file);
  const places = await Promise.all(
    entries.map(async ({ id, provider, verify }) => ({
      source: id,
      from: whoMakesSecret(findProvider(provider, providers), await providers.guideOf(provider), verify),
    })),
  );
  const after = withEnvEntries(
    before ?? '',
    places.flatMap(({ source, from }) => (from === undefined ? [] : [{ source, from }])),
  );
  return { file, before, after };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new HookportError('secret_unreadable', `${file} cannot be read (${code}); nothing was done`, {
      cause: error,
    });
  }
}
