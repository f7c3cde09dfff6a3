import { coversBody } from '../../signature/coverage.ts';
import { generateSecret } from '../../signature/generate-secret.ts';
import { verify } from '../../signature/verify.ts';
import { parsePayload } from '../payload.ts';
import type { SignedRequest } from '../../signature/types.ts';
import { bodyFlips, headerFlips } from './flips.ts';
import { arrival, genuine, readsForm, type Subject, verdictOn } from './subject.ts';

/** One thing that holds for every scheme that can sign. */
export interface Check {
  /** A sentence without its subject: "refuses …". */
  name: string;
  /** Whether it says anything about this scheme. @default true */
  applies?: (subject: Subject) => boolean;
  /** What was taken, or refused, that should not have been; nothing where the check holds. */
  run: (subject: Subject) => Promise<readonly string[]>;
}

/** Ways to spoil a header; what comes out may never be taken. */
const spoilt: Readonly<Record<string, (value: string) => string | string[]>> = {
  'that is empty': () => '',
  'of white space': () => '   ',
  'that is doubled with another value': (value) => [value, `${value}0`],
  'that is doubled with an empty value': (value) => ['', value],
  'of 20,000 characters': (value) => value + 'a'.repeat(20_000),
  'with a character that is not ASCII': (value) => `${value.slice(0, -1)}é`,
  'with garbage after it': (value) => `${value}zz`,
  'with a line feed after it': (value) => `${value}\n`,
  'with NUL after it': (value) => `${value}\0`,
  'that is cut short': (value) => value.slice(0, -1),
  'that is cut to its first character': (value) => value.slice(0, 1),
};

/** The checks that need nothing but the definition and a sample: the tests and `hookport providers check` run the same. */
export const checks: readonly Check[] = [
  { name: 'verifies what it signs', run: everySample },
  {
    name: 'refuses every flipped bit of the body',
    applies: ({ scheme }) => coversBody(scheme) || readsForm(scheme),
    run: flippedBody,
  },
  { name: 'refuses every flipped bit of the signature, the timestamp and the signed headers', run: flippedHeaders },
  {
    name: 'refuses a signature that was made for another body',
    applies: ({ scheme }) => coversBody(scheme),
    run: otherBody,
  },
  { name: 'refuses a request without one of the headers that signing adds', run: missingHeader },
  ...Object.entries(spoilt).map(([how, spoil]) => ({
    name: `refuses a header ${how}`,
    run: (subject: Subject) => spoiltHeader(subject, spoil),
  })),
  {
    name: 'refuses what is stale or lies in the future, against the arrival',
    applies: ({ scheme }) => 'timestamp' in scheme && scheme.timestamp !== undefined,
    run: wrongTime,
  },
  { name: 'refuses a wrong secret, and says which of several matched', run: wrongSecret },
  { name: 'never takes a request while the secret is absent, empty or white space', run: noSecret },
];

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

async function flippedHeaders(subject: Subject): Promise<string[]> {
  const request = await genuine(subject);
  const taken: string[] = [];
  for (const name of request.added)
    for (const { what, value, request: flipped } of headerFlips(request, name)) {
      const verdict = await verdictOn(subject, flipped);
      // Hex and the word "Basic" are the same in either case.
      if (verdict.ok && value.toLowerCase() !== request.headers[name]?.toLowerCase()) taken.push(what);
    }
  return taken;
}

async function otherBody(subject: Subject): Promise<string[]> {
  const one = await genuine(subject);
  const verdict = await verdictOn(subject, { ...one, body: Buffer.concat([one.body, Buffer.from(' ')]) });
  return verdict.ok ? ['a blank after the body'] : [];
}

async function missingHeader(subject: Subject): Promise<string[]> {
  const request = await genuine(subject);
  const wrong: string[] = [];
  for (const name of request.added) {
    const { [name]: _, ...headers } = request.headers;
    const verdict = await verdictOn(subject, { ...request, headers });
    if (verdict.ok) wrong.push(`without ${name}`);
    else if (!verdict.reason.startsWith('missing_')) wrong.push(`without ${name}: ${verdict.reason}`);
  }
  return wrong;
}

async function spoiltHeader(subject: Subject, spoil: (value: string) => string | string[]): Promise<string[]> {
  const request = await genuine(subject);
  const taken: string[] = [];
  for (const name of request.added) {
    const headers = { ...request.headers, [name]: spoil(request.headers[name] ?? '') };
    if ((await verdictOn(subject, { ...request, headers })).ok) taken.push(name);
  }
  return taken;
}

async function wrongTime(subject: Subject): Promise<string[]> {
  const { scheme } = subject;
  const request = await genuine(subject);
  const location = 'timestamp' in scheme ? scheme.timestamp : undefined;
  const options = { toleranceSeconds: location?.toleranceSeconds ?? 300 };
  const { toleranceSeconds: tolerance } = options;
  const year = 31_536_000;
  const wrong: string[] = [];
  const at = (seconds: number) =>
    verify(scheme, { ...request, receivedAt: arrival + seconds * 1000 }, [subject.secret], options);
  for (const seconds of [1 - tolerance, tolerance - 1])
    if (!(await at(seconds)).ok) wrong.push(`${seconds} s from arrival is refused`);
  for (const seconds of [tolerance + 2, -tolerance - 2, year, -year, Number.NaN]) {
    const verdict = await at(seconds);
    if (verdict.ok || verdict.reason !== 'stale_timestamp') wrong.push(`${seconds} s from arrival`);
  }
  return wrong;
}

async function wrongSecret(subject: Subject): Promise<string[]> {
  const request = await genuine(subject);
  const other = generateSecret(subject.scheme).secret;
  const third = generateSecret(subject.scheme).secret;
  const wrong: string[] = [];
  const refused = await verdictOn(subject, request, [other]);
  if (refused.ok || refused.reason !== 'signature_mismatch') wrong.push('another secret');
  for (const secrets of [
    [other, subject.secret],
    [other, third, subject.secret],
  ]) {
    const verdict = await verdictOn(subject, request, secrets);
    if (!verdict.ok || verdict.secretIndex !== secrets.length - 1) wrong.push(`the last of ${secrets.length} secrets`);
  }
  return wrong;
}

async function noSecret(subject: Subject): Promise<string[]> {
  const request = await genuine(subject);
  const other = generateSecret(subject.scheme).secret;
  const wrong: string[] = [];
  for (const secrets of [[], [''], [' '], ['\n'], ['', ' \t'], ['', other]]) {
    const verdict = await verdictOn(subject, request, secrets);
    if (verdict.ok || verdict.reason !== 'unusable_secret') wrong.push(JSON.stringify(secrets.slice(0, 1)));
  }
  const verdict = await verdictOn(subject, request, ['', subject.secret]);
  if (!verdict.ok || verdict.secretIndex !== 1) wrong.push('the secret behind an empty one is refused');
  return wrong;
}

function payloadOf({ provider }: Subject, { headers, body }: SignedRequest): string {
  try {
    return JSON.stringify(parsePayload(provider, { headers, body }));
  } catch {
    return 'unreadable';
  }
}
