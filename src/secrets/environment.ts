import { type Clock, systemClock } from '../clock.ts';
import { HookportError } from '../errors.ts';
import type { DevelopmentSecret, DevelopmentSecrets } from './development.ts';
import { createEnvFile } from './env-file.ts';
import type { Secret, SecretSet, SecretStore } from './secret-store.ts';
import { forwardSecretOf, previousSecretVariable, secretVariable } from './variables.ts';

export interface EnvironmentSecretsOptions {
  /** @default process.env */
  environment?: NodeJS.ProcessEnv;
  /** Path of the `.env` file; it need not exist. */
  envFile: string;
  /** Used for sources without a variable; only where nothing but loopback can reach the endpoint. @default none */
  development?: DevelopmentSecrets;
  /** @default the system's */
  clock?: Clock;
}

export type SecretOrigin = 'environment' | '.env' | 'development' | 'none';

/** Secrets from the environment and a `.env` file, or made up for development. */
export interface EnvironmentSecrets extends SecretStore {
  /** Where a source's current secret comes from, for people; `none` also for a variable that is set and empty. */
  origin(source: string): Promise<SecretOrigin>;
  /**
   * What signs for a source as its provider would: the secret itself, or the private key of a generated pair.
   * Undefined without a secret.
   *
   * @throws HookportError `secret_unreadable` or `secret_unusable`
   */
  signingSecret(source: string): Promise<string | undefined>;
  /**
   * Names of the variables in `.env` that are the secret of none of these sources, which nobody reads; in alphabetical order,
   * of several words alone: a line of a key that stands there without quotes may look like a variable, and is never shown.
   *
   * @throws HookportError `secret_unreadable`
   */
  unread(sources: readonly string[]): Promise<string[]>;
}

/**
 * The secret of source `my-app` is the variable `MY_APP_WEBHOOK_SECRET`, the one before it
 * `MY_APP_WEBHOOK_SECRET_PREVIOUS`; the environment wins over `.env`. A variable that is set and empty means no secret,
 * never a made-up one. Reading rejects with `secret_unreadable` when the file cannot be read, and with
 * `secret_unusable` when a value begins or ends with white space, as one that was copied with its line feed does, or when
 * `.env` has a # in it without quotes, which ends it there.
 */
export function createEnvironmentSecrets(options: EnvironmentSecretsOptions): EnvironmentSecrets {
  const { environment = process.env, development, clock = systemClock } = options;
  const envFile = createEnvFile(options.envFile, clock);

  const find = async (source: string, notBefore?: number) => {
    const { variables, cut, readAt } = await envFile.read({ notBefore });
    const current = secretVariable(source);
    const previous = previousSecretVariable(source);
    const valueOf = (variable: string) => {
      if (environment[variable] === undefined && cut.has(variable)) throw isCut(variable);
      return checked(variable, environment[variable] ?? variables[variable] ?? '');
    };
    const from =
      environment[current] !== undefined ? 'environment' : variables[current] !== undefined ? '.env' : 'none';
    const value = from === 'none' ? undefined : valueOf(current);
    const before = valueOf(previous);
    return { from, value, before, readAt } as const;
  };
  const made = (source: string): Promise<DevelopmentSecret> | undefined => development?.of(source);

  return {
    async read(source, { notBefore } = {}): Promise<SecretSet> {
      const { from, value, before, readAt } = await find(source, notBefore);
      const secrets: Secret[] = [];
      if (value) secrets.push({ version: 'current', value });
      if (before) secrets.push({ version: 'previous', value: before });
      if (from !== 'none' || secrets.length > 0) return { secrets, readAt };
      const development = await made(source);
      return { secrets: development ? [{ version: 'development', value: development.secret }] : [], readAt };
    },
    async origin(source) {
      const { from, value } = await find(source);
      if (from === 'none') return development ? 'development' : 'none';
      return value === '' ? 'none' : from;
    },
    async signingSecret(source) {
      const { from, value } = await find(source);
      if (from !== 'none') return value === '' ? undefined : value;
      return (await made(source))?.signingSecret;
    },
    async unread(sources) {
      const { variables } = await envFile.read({});
      const read = sources.flatMap((id) => [id, forwardSecretOf(id)]);
      const names = new Set(read.flatMap((id) => [secretVariable(id), previousSecretVariable(id)]));
      const others = Object.keys(variables).filter((name) => !names.has(name));
      return others.filter((name) => /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(name)).toSorted();
    },
  };
}

/** PEM keys end with a line feed, and nothing else may. */
function checked(variable: string, value: string): string {
  if (value === '' || value === value.trim() || value.startsWith('-----BEGIN ')) return value;
  const what = value.trim() === '' ? 'is nothing but white space' : 'begins or ends with white space';
  throw new HookportError('secret_unusable', `${variable} ${what}; set it to the secret alone`);
}

function isCut(variable: string): HookportError {
  return new HookportError(
    'secret_unusable',
    `${variable} in .env ends at a #, since it has no quotes around it: ${variable}='…' is whole; a comment stands behind a blank`,
  );
}
