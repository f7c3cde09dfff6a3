import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HookportError } from '../errors.ts';
import { syncFolder } from '../sync-folder.ts';

/** A generated secret: what the source verifies with, and what signs for it. They differ for public keys alone. */
export interface DevelopmentSecret {
  secret: string;
  signingSecret: string;
}

/** What a source takes for a secret now. */
export interface SecretForm {
  /** Letters, digits and hyphens, since it stands in a file's name. */
  name: string;
  /** Whether what was made up earlier is of use, maybe for another provider. */
  fits: (secret: DevelopmentSecret) => boolean;
}

/**
 * Secrets that are made up once per source and kept in files of mode 0600, so that a source works on loopback before
 * anybody has set a secret. Never used when a secret is set.
 */
export interface DevelopmentSecrets {
  /** @throws HookportError `secret_unreadable` when the file cannot be read, understood or written */
  of(source: string): Promise<DevelopmentSecret>;
}

/**
 * @param folder Holds one file for each source. Several threads and processes may ask for the same source at once: all
 *   get the same secret.
 * @param generate Makes one in the form that the source's scheme takes; `generateSecret` of `src/signature`.
 * @param formOf That form. One that was made up for another is kept, in case the source goes back. @default all fit
 */
export function createDevelopmentSecrets(
  folder: string,
  generate: (source: string) => DevelopmentSecret,
  formOf?: (source: string) => SecretForm,
): DevelopmentSecrets {
  const known = new Map<string, DevelopmentSecret>();
  const readOrCreate = async (name: string, source: string) => {
    const file = join(folder, `${name}.json`);
    if (!(await exists(file))) await create(file, folder, generate(source));
    return read(file);
  };
  return {
    async of(source) {
      const before = known.get(source);
      if (before) return before;
      const name = source.replaceAll('/', '.');
      const form = formOf?.(source);
      const first = await readOrCreate(name, source);
      const secret = form && !form.fits(first) ? await readOrCreate(`${name}.${form.name}`, source) : first;
      known.set(source, secret);
      return secret;
    },
  };
}

async function exists(file: string): Promise<boolean> {
  return readFile(file).then(
    () => true,
    (error: unknown) => codeOf(error) !== 'ENOENT',
  );
}

async function read(file: string): Promise<DevelopmentSecret> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new HookportError('secret_unreadable', `${file} cannot be read`, { cause: error });
  }
  const secret = parse(text);
  if (secret) return secret;
  throw new HookportError('secret_unreadable', `${file} is damaged; delete it to have a new development secret made`);
}

/** Without the parser's message, which would quote the file. */
function parse(text: string): DevelopmentSecret | undefined {
  try {
    const value = JSON.parse(text) as Partial<DevelopmentSecret> | null;
    if (typeof value?.secret !== 'string' || typeof value.signingSecret !== 'string') return undefined;
    return { secret: value.secret, signingSecret: value.signingSecret };
  } catch {
    return undefined;
  }
}

/**
 * Whole or not at all: written aside and synced, then linked to its name, which only the first of several can do. A loss of power
 * must not take it either: somebody may have pasted it into a provider's dashboard by then.
 */
async function create(file: string, folder: string, secret: DevelopmentSecret): Promise<void> {
  const aside = `${file}.${randomUUID()}.tmp`;
  try {
    if ((await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined) syncFolder(dirname(folder));
    const handle = await open(aside, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(secret, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(aside, file);
    syncFolder(folder);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST')
      throw new HookportError('secret_unreadable', `${file} cannot be written`, { cause: error });
  } finally {
    await rm(aside, { force: true });
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
