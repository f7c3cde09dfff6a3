import { readFile, stat } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import type { Clock } from '../clock.ts';
import { HookportError } from '../errors.ts';

export interface EnvFile {
  /** The variables in the file, none if it does not exist, and when they were read. */
  read(options: { notBefore?: number | undefined }): Promise<EnvVariables>;
}

export interface EnvVariables {
  variables: NodeJS.Dict<string>;
  /** Those whose value ends at a # that stands right behind it: without quotes, the rest was taken for a comment. */
  cut: ReadonlySet<string>;
  /** Epoch milliseconds. */
  readAt: number;
}

/** Between two looks at the file, so that a busy consumer does not ask the disk for each delivery. */
const checkEveryMs = 1000;

/**
 * A `.env` file that may change at any time: looked at once a second, and read again when it changed or when the
 * caller needs variables that were read later.
 *
 * @throws HookportError `secret_unreadable` from `read` when the file exists and cannot be read
 */
export function createEnvFile(path: string, clock: Clock): EnvFile {
  let known: (EnvVariables & { version: string }) | undefined;
  let lookedAt = 0;
  let looking: Promise<unknown> | undefined;
  const read = async (): Promise<NonNullable<typeof known>> => {
    // Before the read: what changes during it is seen by the next look.
    const readAt = clock();
    const version = await versionOf(path);
    const text = version === absent ? '' : await readFile(path, 'utf8');
    return { ...parse(text.startsWith('\uFEFF') ? text.slice(1) : text), readAt, version };
  };
  const look = async (notBefore: number): Promise<NonNullable<typeof known>> => {
    const now = clock();
    // The same version is no proof of the same content (clocks of file systems tick slowly), so `readAt` stays.
    const unchanged = known && known.readAt >= notBefore && (await versionOf(path)) === known.version;
    const found = known && unchanged ? known : await read();
    lookedAt = now;
    return (known = found);
  };
  return {
    async read({ notBefore = 0 }) {
      try {
        // Whoever asks while another looks must not get what is out of date.
        await looking?.catch(() => undefined);
        if (known && known.readAt >= notBefore && clock() - lookedAt < checkEveryMs) return known;
        const found = look(notBefore);
        looking = found;
        return await found;
      } catch (error) {
        throw new HookportError('secret_unreadable', `${path} cannot be read: ${codeOf(error)}`, { cause: error });
      }
    },
  };
}

function parse(text: string): Pick<EnvVariables, 'variables' | 'cut'> {
  const variables = parseEnv(text);
  const cut = new Set<string>();
  for (const [, name = '', rest = ''] of text.matchAll(/^[ \t]*(?:export[ \t]+)?([^\s=#]+)[ \t]*=[ \t]*(.+)$/gm))
    if (variables[name] && rest.startsWith(`${variables[name]}#`)) cut.add(name);
  return { variables, cut };
}

const absent = 'absent';

async function versionOf(path: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return absent;
    throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
