import type { Sample } from './provider.ts';

/** A sample whose body is JSON as most providers write it: no white space. */
export function jsonSample(event: string, payload: unknown, headers: Readonly<Record<string, string>> = {}): Sample {
  return { event, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(payload) };
}
