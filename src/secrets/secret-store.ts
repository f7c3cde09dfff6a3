/** One signing secret of a source. Its value is never logged, journaled or sent anywhere. */
export interface Secret {
  /** Names the version without telling the value: `current`, `previous`, or Secrets Manager's version id. */
  version: string;
  value: string;
}

/** The secrets that count for a source now, newest first: the current one and, for 7 days, the previous one. */
export interface SecretSet {
  secrets: readonly Secret[];
  /** When they were read from where they live, epoch milliseconds. */
  readAt: number;
}

/** Where the signing secrets live: environment and `.env`, or Secrets Manager. */
export interface SecretStore {
  /**
   * The active secrets of a source; an empty list when it has none. May answer from a cache; with `notBefore`
   * (epoch milliseconds) a cached answer that is older is read again, at most as often as the store allows, so the
   * caller checks `readAt`. Rejects when the secrets could not be read: the delivery then waits.
   */
  read(source: string, options?: { notBefore?: number }): Promise<SecretSet>;
}

/** A store that is asked for something newer reads again once in so long at most: this bounds how often forged deliveries make it ask. */
export const shortestAgeMs = 60_000;

/** For a source whose provider signs nothing: nothing is read, and a provider that signs would find no secret. */
export const noSecrets: SecretStore = { read: () => Promise.resolve({ secrets: [], readAt: Infinity }) };
