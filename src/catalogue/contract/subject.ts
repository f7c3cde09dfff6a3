import type { Provider, Sample } from '../provider.ts';
import { schemesOf } from '../scheme-of.ts';
import { generateSecret } from '../../signature/generate-secret.ts';
import { isKeyed } from '../../signature/keyed.ts';
import { needsOf } from '../../signature/needs.ts';
import { readsForm, readsJson } from '../../signature/reads-body.ts';
import type { Scheme, SignedParts } from '../../signature/scheme.ts';
import { sign } from '../../signature/sign.ts';
import type { SignedRequest, Verdict } from '../../signature/types.ts';
import { verify } from '../../signature/verify.ts';
import { bodyValues, headerValues, queryValues, type SignedValue } from './signed-values.ts';

/** When the requests of the contract arrive. */
export const arrival = Date.UTC(2026, 10, 3, 16, 20, 5);

/** One scheme of one provider with a secret of its own: what the contract is checked on. */
export interface Subject {
  name: string;
  provider: Provider;
  scheme: Scheme;
  secret: string;
  signingSecret: string;
  /** The smallest one: every bit of it is turned. */
  sample: Sample;
  /** All that this scheme signs. */
  samples: readonly Sample[];
}

export function subjectsOf(provider: Provider, samples: readonly Sample[]): Subject[] {
  const signing = Object.entries(schemesOf(provider)).filter(([, scheme]) => scheme.scheme !== 'none');
  return signing.map(([alternative, scheme]) => {
    const { secret, signingSecret } = generateSecret(scheme);
    const name = alternative === '' ? provider.id : `${provider.id} (${alternative})`;
    const own = samples.filter(({ verify: only }) => only === undefined || only === alternative);
    const [sample] = own.toSorted((a, b) => a.body.length - b.body.length);
    if (!sample) throw new Error(`${name} has no sample`);
    return { name, provider, scheme, secret, signingSecret, sample, samples: own };
  });
}

/** What some schemes sign beside headers and body. */
export const context = { url: 'https://hooks.example.com/source', method: 'POST' };

/** A request that the scheme's own `sign` made, and what signing put into it. */
export interface Genuine extends SignedRequest {
  headers: Readonly<Record<string, string>>;
  /** In bytes, to be changed one at a time. */
  body: Uint8Array;
  /** The names of the headers that signing added. */
  added: readonly string[];
  values: readonly SignedValue[];
}

export async function genuine(
  subject: Subject,
  body: Uint8Array = Buffer.from(subject.sample.body),
  signingSecret: string = subject.signingSecret,
): Promise<Genuine> {
  const before = { ...signedHeaders(subject.scheme), ...subject.sample.headers };
  const queryBefore = { ...signedQuery(subject.scheme), ...subject.sample.query };
  const parts: SignedParts = await sign(
    subject.scheme,
    { body, headers: before, query: queryBefore, timestamp: arrival, ...context },
    signingSecret,
  );
  const request = {
    headers: { ...before, ...parts.headers },
    query: { ...queryBefore, ...parts.query },
    body: parts.body,
    receivedAt: arrival,
    ...context,
  };
  const values = [
    ...headerValues(request, parts.headers),
    ...queryValues(request, needsOf(subject.scheme).query),
    ...bodyValues(request, body),
  ];
  return { ...request, added: Object.keys(parts.headers), values };
}

/** Headers that are signed and not made by signing; a sample need not hold them. */
function signedHeaders(scheme: Scheme): Record<string, string> {
  if (!isKeyed(scheme)) return {};
  const names = scheme.message.flatMap((part) =>
    typeof part === 'object' && part.part === 'header' ? [part.name] : [],
  );
  return Object.fromEntries(names.map((name) => [name, 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W']));
}

/** As above. A token is put there by signing. */
function signedQuery(scheme: Scheme): Record<string, string> {
  const names = scheme.scheme === 'token' ? [] : needsOf(scheme).query;
  return Object.fromEntries(names.map((name) => [name, '2KWPBgLlAfxdpx2AI54pPJ85f4W']));
}

export async function verdictOn(
  subject: Subject,
  request: SignedRequest,
  secrets: readonly string[] = [subject.secret],
): Promise<Verdict> {
  return verify(subject.scheme, request, secrets);
}

/** Whether this definition can sign: PayPal and SNS sign with a key that only they hold. */
export function canSign({ scheme }: Subject): boolean {
  return scheme.scheme !== 'code' || scheme.sign !== undefined;
}

/** Puts hostile text where the scheme lets a body be anything, or into a field of the body that it needs. */
export function bodyWith({ scheme, sample }: Subject, hostile: Uint8Array): Uint8Array {
  const text = Buffer.from(hostile).toString('latin1');
  if (readsJson(scheme)) return Buffer.from(JSON.stringify({ ...(JSON.parse(sample.body) as object), hostile: text }));
  if (!looksIntoForm(scheme)) return hostile;
  const form = new URLSearchParams(sample.body);
  form.set('hostile', text);
  return Buffer.from(form.toString());
}

function looksIntoForm(scheme: Scheme): boolean {
  return readsForm(scheme) || (scheme.scheme === 'code' && !!scheme.coversValues?.some((place) => 'form' in place));
}
