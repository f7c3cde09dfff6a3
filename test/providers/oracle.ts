import { schemeOf } from '../../src/catalogue/scheme-of.ts';
import type { Provider } from '../../src/catalogue/provider.ts';
import { sign } from '../../src/signature/sign.ts';
import type { SignedRequest, Verdict } from '../../src/signature/types.ts';
import { verify } from '../../src/signature/verify.ts';

/** When the requests of these tests arrive: 2026-11-03T16:20:05Z. */
export const arrival = 1793722805000;

/** Bodies that other verifiers stumble over; all are valid UTF-8, because most SDKs take strings. */
export const bodies: readonly string[] = [
  '{"hello":"world"}',
  `{"price":"$1 $$ $& $\` $'"}`,
  '{"text":"Grüße 👋 \\u00e9 é"}',
  '{"a":1}\r\n',
  '{"nul":"\u0000","del":"\u007f"}',
  ' [1,  2,\t3] ',
];

type Fields = Record<string, string>;

interface Extra {
  headers?: Fields;
  url?: string;
  method?: string;
  /** Which of the provider's alternatives. */
  alternative?: string;
  receivedAt?: number;
}

/** The verdict of our definition on a request that something else signed. */
export async function check(
  provider: Provider,
  body: string | Uint8Array,
  headers: SignedRequest['headers'],
  secrets: string | readonly string[],
  extra: Omit<Extra, 'headers'> = {},
): Promise<Verdict> {
  const { alternative, receivedAt = arrival, ...context } = extra;
  const request = { headers, body: Buffer.from(body), receivedAt, ...context };
  return verify(schemeOf(provider, alternative), request, typeof secrets === 'string' ? [secrets] : secrets);
}

/** The headers that our definition makes for a body, for something else to judge. */
export async function signed(provider: Provider, body: string, secret: string, extra: Extra = {}): Promise<Fields> {
  const { alternative, receivedAt = arrival, headers = {}, ...context } = extra;
  const request = { body: Buffer.from(body), headers, timestamp: receivedAt, ...context };
  const parts = await sign(schemeOf(provider, alternative), request, secret);
  return { ...headers, ...parts.headers };
}

/** Another body of the same length. */
export function tampered(body: string): string {
  const at = body.search(/[a-z0-9]/);
  return `${body.slice(0, at)}${body[at] === '7' ? '8' : '7'}${body.slice(at + 1)}`;
}

export const genuine: Verdict = { ok: true, secretIndex: 0 };

/** Whether a call that throws on a bad signature came through. */
export async function accepts(call: () => unknown): Promise<boolean> {
  try {
    await call();
    return true;
  } catch {
    return false;
  }
}
