import { coversBody } from '../../../signature/coverage.ts';
import { readsForm } from '../../../signature/reads-body.ts';
import { decodeUtf8 } from '../../../signature/text.ts';
import type { SignedRequest } from '../../../signature/types.ts';
import { parsePayload } from '../../payload.ts';
import type { Check } from '../check.ts';
import { bodyFlips } from '../flips.ts';
import { bodyWith, genuine, type Subject, verdictOn } from '../subject.ts';

const text = (value: string) => Buffer.from(value, 'utf8');

/** Bodies that verifiers stumble over. */
const hostileBodies: Readonly<Record<string, Uint8Array>> = {
  'patterns of String.replace': text(`{"a":"$& $$ $1 $\` $' %s {body}"}`),
  'a byte order mark': text('\uFEFF{"a":1}'),
  'CRLF and blanks': text('\r\n{ "a" : 1 }\r\n\r\n'),
  NUL: text('{"a":"\0"}'),
  'astral and escaped characters': text(String.raw`{"a":"👋 \ud83d\udc4b \u00e9 é"}`),
  'half of a surrogate pair, escaped': text(String.raw`{"a":"\ud83d"}`),
  'no JSON': text('hello'),
  'invalid UTF-8': Uint8Array.from([0x7b, 0xff, 0xfe, 0xc0, 0x80, 0x7d]),
  'every byte': Uint8Array.from({ length: 256 }, (_, index) => index),
  nothing: new Uint8Array(),
  '10,000 brackets': text('['.repeat(10_000)),
  '1 MiB': Buffer.alloc(1024 * 1024, 'x'),
};

export const bodyChecks: readonly Check[] = [
  { name: 'verifies what it signs', run: everySample },
  {
    name: 'refuses every flipped bit of the body',
    applies: ({ scheme }) => coversBody(scheme) || readsForm(scheme),
    run: flippedBody,
  },
  {
    name: 'refuses a signature that was made for another body',
    applies: ({ scheme }) => coversBody(scheme),
    run: otherBody,
  },
  ...Object.entries(hostileBodies).map(([what, hostile]) => ({
    name: `verifies a body with ${what}`,
    run: async (subject: Subject) => {
      const body = bodyWith(subject, hostile);
      const fate = await roundTrip(subject, body);
      return isFate(subject, body, fate) ? [] : [fate];
    },
  })),
];

/** What becomes of a body that is signed and then verified. */
export type Fate = 'verified' | 'signed, and refused' | 'not signed, and taken' | 'not signed, and refused';

/** Signs a body and verifies it. */
export async function roundTrip(subject: Subject, body: Uint8Array): Promise<Fate> {
  const request = await genuine(subject, body).catch(() => undefined);
  const verdict = await verdictOn(subject, request ?? { ...(await genuine(subject)), body });
  if (verdict.ok) return request ? 'verified' : 'not signed, and taken';
  return request ? 'signed, and refused' : 'not signed, and refused';
}

/** Whether that may become of it: a provider's own library may take text alone, and then neither signs nor verifies the rest. */
export function isFate({ scheme }: Subject, body: Uint8Array, fate: Fate): boolean {
  if (fate === 'verified') return true;
  const isText = body.length > 0 && decodeUtf8(body) !== undefined;
  return fate === 'not signed, and refused' && scheme.scheme === 'code' && !isText;
}

async function everySample(subject: Subject): Promise<string[]> {
  const { samples } = subject;
  const signed = samples.length > 40 ? samples.filter((_, index) => index % 10 === 0) : samples;
  const refused: string[] = [];
  for (const sample of signed) {
    if (subject.sample.headers['content-type'] !== sample.headers['content-type']) continue;
    const verdict = await verdictOn(subject, await genuine({ ...subject, sample }));
    if (!verdict.ok) refused.push(`the sample ${sample.event}: ${verdict.reason}`);
  }
  return refused;
}

async function flippedBody(subject: Subject): Promise<string[]> {
  const request = await genuine(subject);
  const payload = payloadOf(subject, request);
  const taken: string[] = [];
  for (const { what, request: flipped } of bodyFlips(request)) {
    const verdict = await verdictOn(subject, flipped);
    // A form says the same in more than one spelling: %C3 and %c3.
    if (verdict.ok && !(readsForm(subject.scheme) && payloadOf(subject, flipped) === payload)) taken.push(what);
  }
  return taken;
}

async function otherBody(subject: Subject): Promise<string[]> {
  const one = await genuine(subject);
  const verdict = await verdictOn(subject, { ...one, body: Buffer.concat([one.body, Buffer.from(' ')]) });
  return verdict.ok ? ['a blank after the body'] : [];
}

function payloadOf({ provider }: Subject, { headers, body }: SignedRequest): string {
  try {
    return JSON.stringify(parsePayload(provider, { headers, body }));
  } catch {
    return 'unreadable';
  }
}
