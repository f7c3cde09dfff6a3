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
 * Writes handler stubs, the configuration and places in `.env`, in this order, so that an end in between leaves no
 * configuration that names what is not there. A configuration with mistakes is not written.
 *
 * @throws ConfigIssues when the new text has mistakes; nothing stays written then
 */
export async function writeSources({ root, file, text, entries, providers }: WriteOptions): Promise<Written> {
  // Read before anything is written, since it may not be readable.
  const env = await readEnv(path.join(root, '.env'), entries, providers);
  const stubs = await writeStubs(root, entries, providers);
  let project: Project;
  try {
    project = checkProject(parseConfig(file, text, { catalogue: builtInProviders.catalogue, root }), file);
    writeFileSync(path.resolve(file), text);
  } catch (error) {
    for (const stub of stubs) rmSync(path.join(root, stub));
    throw error;
  }
  if (env.after !== env.before) {
    createPrivateFile(env.file);
    writeFileSync(env.file, env.after);
  }
  return { project, files: [file, ...stubs, ...(env.after === env.before ? [] : ['.env'])] };
}

async function writeStubs(root: string, entries: readonly SourceEntry[], providers: Providers): Promise<string[]> {
  const written: string[] = [];
  for (const { id, provider, handler } of entries) {
    if (handler === undefined || existsSync(path.join(root, handler))) continue;
    const samples = (await (await providers.guideOf(provider))?.samples()) ?? [];
    mkdirSync(path.dirname(path.join(root, handler)), { recursive: true });
    writeFileSync(path.join(root, handler), handlerStub(id, findProvider(provider, providers), samples), {
      flag: 'wx',
    });
    written.push(handler);
  }
  return written;
}

/** `.env` as it is, and with a place for each secret. */
async function readEnv(file: string, entries: readonly SourceEntry[], providers: Providers) {
  const before = readIfThere(file);
  const places = await Promise.all(
    entries.map(async ({ id, provider }) => ({
      source: id,
      from: whoMakesSecret(findProvider(provider, providers), await providers.guideOf(provider)),
    })),
  );
  const after = withEnvEntries(
    before,
    places.flatMap(({ source, from }) => (from === undefined ? [] : [{ source, from }])),
  );
  return { file, before, after };
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw new HookportError('secret_unreadable', `${file} cannot be read`, { cause: error });
  }
}
