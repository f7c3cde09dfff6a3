import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Clock, systemClock } from '../clock.ts';
import { HookportError } from '../errors.ts';
import { type Secret, type SecretSet, type SecretStore, shortestAgeMs } from './secret-store.ts';

export interface SecretsManagerOptions {
  /** Called when a secret must be read for the first time: loading the SDK is most of a function's start. */
  client: () => Promise<Pick<SecretsManagerClient, 'send'>>;
  /** Name or ARN of a source's secret. */
  secretId: (source: string) => string;
  /** @default the system's */
  clock?: Clock;
}

/** How long the previous version counts after a rotation, unless it is revoked. */
export const previousCountsMs = 7 * 24 * 3_600_000;

/** After so long a version that was revoked no longer counts, in functions that stay warm for hours. */
const longestAgeMs = 5 * 60_000;

/**
 * Reads signing secrets from Secrets Manager: `AWSCURRENT`, and `AWSPREVIOUS` for 7 days after the rotation. The labels
 * are the versions' names: `current` and `previous`. Answers from a cache for 5 minutes; asked for something newer it
 * reads again once a minute at most. While Secrets Manager is away, what was read before still counts.
 */
export function createSecretsManagerStore(options: SecretsManagerOptions): SecretStore {
  const { clock = systemClock } = options;
  const cache = new Map<string, SecretSet>();
  const triedAt = new Map<string, number>();
  const reading = new Map<string, Promise<SecretSet>>();

  const readNow = async (source: string): Promise<SecretSet> => {
    // Before the request, so that a version that is put meanwhile counts as unread.
    const readAt = clock();
    triedAt.set(source, readAt);
    const secrets = await readVersions(options, source, readAt);
    const set = { secrets, readAt };
    cache.set(source, set);
    return set;
  };

  /** One request for all deliveries of a batch. */
  const readOnce = (source: string): Promise<SecretSet> => {
    const running = reading.get(source) ?? readNow(source).finally(() => reading.delete(source));
    reading.set(source, running);
    return running;
  };

  return {
    async read(source, { notBefore = 0 } = {}) {
      const known = cache.get(source);
      if (!known) return readOnce(source);
      const now = clock();
      // Read at a time that is still to come, the clock was set back since: nobody knows how old it is.
      const cached = known.readAt <= now ? known : { ...known, readAt: 0 };
      const isFresh = cached.readAt >= notBefore && now - cached.readAt < longestAgeMs;
      if (isFresh) return cached;
      // Whoever asks while a read is under way waits for it: its neighbours of a batch must not get what is out of date.
      const sinceTried = Math.abs(now - (triedAt.get(source) ?? 0));
      if (sinceTried < shortestAgeMs && !reading.has(source)) return cached;
      return readOnce(source).catch(() => cached);
    },
  };
}

async function readVersions(options: SecretsManagerOptions, source: string, now: number): Promise<Secret[]> {
  const current = await readVersion(options, source, 'AWSCURRENT');
  if (!current) return [];
  const secrets: Secret[] = [{ version: 'current', value: current.value }];
  // The previous version became previous when the current one was made.
  if (now - current.createdAt >= previousCountsMs) return secrets;
  const previous = await readVersion(options, source, 'AWSPREVIOUS');
  return previous ? [...secrets, { version: 'previous', value: previous.value }] : secrets;
}

async function readVersion(
  { client, secretId }: SecretsManagerOptions,
  source: string,
  VersionStage: 'AWSCURRENT' | 'AWSPREVIOUS',
): Promise<{ value: string; createdAt: number } | undefined> {
  const { GetSecretValueCommand, ResourceNotFoundException } = await import('@aws-sdk/client-secrets-manager');
  const sdk = await client();
  try {
    const found = await sdk.send(new GetSecretValueCommand({ SecretId: secretId(source), VersionStage }));
    if (found.SecretBinary && VersionStage === 'AWSCURRENT')
      throw new HookportError(
        'secret_unusable',
        `the secret ${secretId(source)} holds a binary value, and not a text (SecretString)`,
      );
    if (found.SecretString === undefined || found.SecretString === '') return undefined;
    if (isKeyValue(found.SecretString)) {
      if (VersionStage === 'AWSPREVIOUS') return undefined;
      throw new HookportError(
        'secret_unusable',
        `the secret ${secretId(source)} holds key/value pairs (JSON), and not the secret alone, as plaintext`,
      );
    }
    return { value: found.SecretString, createdAt: found.CreatedDate?.getTime() ?? 0 };
  } catch (error) {
    // A secret without a value, or without that version; the stack makes it without one.
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** What the console makes of a secret unless one asks for plaintext. No provider's secret is a JSON object. */
export function isKeyValue(text: string): boolean {
  if (!text.trimStart().startsWith('{')) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
