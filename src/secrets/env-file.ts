import { readFileSync, type Stats, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
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

interface Known extends EnvVariables {
  version: string;
  text: string;
}

/**
 * A `.env` file that may change at any time: looked at once a second, and read again when it changed or when the
 * caller needs variables that were read later, as each forged delivery does. So a look takes no turn through the thread pool,
 * which costs several times as much as all else that is done with such a delivery.
 *
 * @throws HookportError `secret_unreadable` from `read` when the file exists and cannot be read
 */
export function createEnvFile(path: string, clock: Clock): EnvFile {
  let known: Known | undefined;
  let lookedAt = 0;
  let looking: Promise<unknown> | undefined;
  /** Read at a time that is still to come, the clock was set back since: nobody knows how old it is. */
  const isReadBetween = (notBefore: number, now: number) =>
    known !== undefined && known.readAt >= notBefore && known.readAt <= now;
  const read = async (file: Stats | undefined): Promise<Known> => {
    // Before the read: what changes during it is seen by the next look.
    const readAt = clock();
    const version = versionOf(file);
    const text = file ? await textOf(path, file) : '';
    if (known?.text === text) return { ...known, version, readAt };
    return { ...parse(text.startsWith('\uFEFF') ? text.slice(1) : text), version, text, readAt };
  };
  const look = async (notBefore: number): Promise<Known> => {
    const now = clock();
    const file = statSync(path, { throwIfNoEntry: false });
    // The same version is no proof of the same content (clocks of file systems tick slowly), so `readAt` stays.
    const unchanged = known && isReadBetween(notBefore, now) && versionOf(file) === known.version;
    const found = known && unchanged ? known : await read(file);
    lookedAt = now;
    return (known = found);
  };
  return {
    async read({ notBefore = 0 }) {
      try {
        // Whoever asks while another looks must not get what is out of date.
        await looking?.catch(() => undefined);
        // A clock that was set back must not keep the file from being looked at until it is as late again.
        const now = clock();
        if (known && isReadBetween(notBefore, now) && Math.abs(now - lookedAt) < checkEveryMs) return known;
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

function versionOf(file: Stats | undefined): string {
  return file ? `${file.mtimeMs} ${file.size} ${file.ino}` : 'absent';
}

/** Whatever is no plain file, such as the pipe of a password manager, may keep its reader waiting. */
function textOf(path: string, file: Stats): string | Promise<string> {
  return file.isFile() ? readFileSync(path, 'utf8') : readFile(path, 'utf8');
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
