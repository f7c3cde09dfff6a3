import type { Check } from '../check.ts';
import { textFlips } from '../flips.ts';
import type { SignedValue } from '../signed-values.ts';
import { genuine, type Subject, verdictOn } from '../subject.ts';

/** Ways to spoil what signing added; what comes out may never be taken. */
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
  // Not two: that is the padding of 64 bytes, which base64url may leave out.
  'with more padding': (value) => `${value}===`,
  'that is cut short': (value) => value.slice(0, -1),
  'that is cut to its first character': (value) => value.slice(0, 1),
};

/** The values that signing puts into a request, in a header or in the body. */
export const valueChecks: readonly Check[] = [
  { name: 'refuses every flipped bit of the signature, the timestamp and the signed headers', run: flippedValues },
  { name: 'refuses a request without one of the values that signing adds', run: missingValue },
  ...Object.entries(spoilt).map(([how, spoil]) => ({
    name: `refuses a signature, timestamp or token ${how}`,
    run: (subject: Subject) => takenOf(subject, ({ value }) => spoil(value)),
  })),
  {
    name: 'takes hex in either case, and base64 in its own alphabet alone',
    applies: ({ scheme }) => 'signature' in scheme,
    run: otherSpelling,
  },
  { name: 'takes a header that is doubled with the same value, once', run: doubledAlike },
  { name: 'finds headers whatever the case of their names', run: otherCase },
];

async function flippedValues(subject: Subject): Promise<string[]> {
  const taken: string[] = [];
  for (const { name, value, put } of (await genuine(subject)).values)
    for (const { what, flipped } of textFlips(value)) {
      const verdict = await verdictOn(subject, put(flipped));
      if (verdict.ok && !isSpelling(subject, value, flipped)) taken.push(`${what} of ${name}`);
    }
  return taken;
}

/** Hex and the word "Basic" mean the same in either case. */
function isSpelling({ scheme }: Subject, value: string, other: string): boolean {
  if (value.toLowerCase() !== other.toLowerCase()) return false;
  if (scheme.scheme === 'basic') return value.slice('Basic'.length) === other.slice('Basic'.length);
  return scheme.scheme !== 'token' && /[0-9a-f]{40}/.test(value);
}

async function missingValue(subject: Subject): Promise<string[]> {
  const wrong: string[] = [];
  for (const { name, where, put } of (await genuine(subject)).values) {
    const verdict = await verdictOn(subject, put(undefined));
    if (verdict.ok) wrong.push(`without ${name}`);
    // A body that lacks something may also be told by its signature.
    else if (where !== 'body' && !verdict.reason.startsWith('missing_')) wrong.push(`${name}: ${verdict.reason}`);
  }
  return wrong;
}

/** The names of the values that may be put in place of the genuine ones. */
async function takenOf(subject: Subject, spoil: (value: SignedValue) => string | string[]): Promise<string[]> {
  const taken: string[] = [];
  for (const each of (await genuine(subject)).values)
    if ((await verdictOn(subject, each.put(spoil(each)))).ok) taken.push(each.name);
  return taken;
}

async function otherSpelling(subject: Subject): Promise<string[]> {
  const encoding = 'signature' in subject.scheme ? subject.scheme.signature.encoding : undefined;
  if (encoding === 'hex') return upperCase(subject);
  return takenOf(subject, ({ value }) => value.slice(0, -3) + (encoding === 'base64' ? '-_=' : '+/='));
}

async function upperCase(subject: Subject): Promise<string[]> {
  const wrong: string[] = [];
  for (const { name, value, put } of (await genuine(subject)).values) {
    const respelled = value.replace(/[0-9a-f]{40,}$/, (hex) => hex.toUpperCase());
    if (respelled !== value && !(await verdictOn(subject, put(respelled))).ok) wrong.push(name);
  }
  return wrong;
}

async function doubledAlike(subject: Subject): Promise<string[]> {
  const wrong: string[] = [];
  for (const { name, where, value, put } of (await genuine(subject)).values)
    if (where === 'header' && !(await verdictOn(subject, put([value, value]))).ok) wrong.push(name);
  return wrong;
}

async function otherCase(subject: Subject): Promise<string[]> {
  const request = await genuine(subject);
  const upper = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toUpperCase(), value]));
  return (await verdictOn(subject, { ...request, headers: upper })).ok ? [] : ['names in upper case'];
}
