import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HookportError } from '../errors.ts';

/** A generated secret: what the source verifies with, and what signs for it. They differ for public keys alone. */
export interface DevelopmentSecret {
  secret: string;
  signingSecret: string;
}

/**
 * Secrets that are made up once per source and kept in a file of mode 0600, so that a source works on loopback before
 * anybody has set a secret. Never used when a secret is set.
 */
export interface DevelopmentSecrets {
  /** @throws HookportError `secret_unreadable` when the file cannot be read, understood or written */
  of(source: string): Promise<DevelopmentSecret>;
}

/** @param generate Makes one in the form that the source's scheme takes; `generateSecret` of `src/signature`. */
export function createDevelopmentSecrets(
  file: string,
  generate: (source: string) => DevelopmentSecret,
): DevelopmentSecrets {
  // One after the other, so that two sources that ask at once do not overwrite each other's.
  let last: Promise<unknown> = Promise.resolve();
  const readOrMake = async (source: string): Promise<DevelopmentSecret> => {
    const all = await readAll(file);
    const known = all[source];
    if (known) return known;
    const made = generate(source);
    await writeAll(file, { ...all, [source]: made });
    return made;
  };
  return {
    of(source) {
      const next = last.then(() => readOrMake(source));
      last = next.catch(() => undefined);
      return next;
    },
  };
}

async function readAll(file: string): Promise<Record<string, DevelopmentSecret>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw new HookportError('secret_unreadable', `${file} cannot be read`, { cause: error });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (!isSecrets(value))
    // The parser's message would quote the file.
    throw new HookportError('secret_unreadable', `${file} is damaged; delete it to have new development secrets made`);
  return value;
}

function isSecrets(value: unknown): value is Record<string, DevelopmentSecret> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every(
    (each: Partial<DevelopmentSecret> | null) =>
      typeof each?.secret === 'string' && typeof each.signingSecret === 'string',
  );
}

/** Whole or not at all: written aside, synced and renamed. */
async function writeAll(file: string, secrets: Record<string, DevelopmentSecret>): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const aside = `${file}.${process.pid}.tmp`;
    const handle = await open(aside, 'w', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(secrets, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(aside, file);
  } catch (error) {
    throw new HookportError('secret_unreadable', `${file} cannot be written`, { cause: error });
  }
}
