import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Provider } from '../../../src/catalogue/provider.ts';
import type { Verdict } from '../../../src/signature/types.ts';
import { check } from '../oracle.ts';

/** What an official SDK made of some requests when `record.ts` asked it. */
export interface Recorded {
  /** The package and its version. */
  sdk: string;
  secret: string;
  requests: RecordedRequest[];
}

export interface RecordedRequest {
  what: string;
  headers: Record<string, string>;
  body: string;
  url?: string;
  method?: string;
  /** Which of the provider's alternatives. */
  alternative?: string;
  /** Whether the SDK takes it for genuine. */
  accepted: boolean;
}

/** Asks one SDK. @param load gives a module of its package */
export type RecordSdk = (load: (module: string) => unknown) => Promise<Omit<Recorded, 'sdk'>> | Omit<Recorded, 'sdk'>;

export const recordedFile = (provider: string) => join(import.meta.dirname, `${provider}.json`);

export function readRecorded(provider: string): Recorded {
  return JSON.parse(readFileSync(recordedFile(provider), 'utf8')) as Recorded;
}

/** Those that are called so, of which there must be some. */
export function requestsCalled({ requests }: Recorded, what: string): readonly RecordedRequest[] {
  const found = requests.filter((each) => each.what === what);
  if (found.length === 0) throw new Error(`nothing is recorded as "${what}"`);
  return found;
}

/** The verdict of our definition on one of them. */
export function judge(provider: Provider, { secret }: Recorded, request: RecordedRequest): Promise<Verdict> {
  const { what: _what, accepted: _accepted, ...came } = request;
  return check(provider, came.body, came.headers, secret, came);
}
