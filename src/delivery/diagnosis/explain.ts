import { findSignature } from '../../signature/find-signature.ts';
import { keyedOf } from '../../signature/keyed.ts';
import { isRefusal } from '../../signature/refusal.ts';
import { RequestReader } from '../../signature/request-reader.ts';
import type { KeyedScheme, Scheme, TokenScheme } from '../../signature/scheme.ts';
import { verifyWithBodyFallback } from '../../signature/body-fallback.ts';
import { lengthOf } from '../../signature/text.ts';
import { claimedTime } from './claimed-time.ts';
import { durationText } from './duration-text.ts';
import type { DiagnosisInput } from './input.ts';
import { describePart, formOf, keyForms, placeOf, placeOfTime } from './signing-text.ts';

/** One step of a verification, for people. It holds no secret, no signature and nothing of the body. */
export interface Step {
  title: string;
  text: string;
  state: 'passed' | 'failed' | 'told';
}

/** Tells how a delivery is verified, step by step, with the secrets of now. */
export async function explainVerification(input: DiagnosisInput): Promise<Step[]> {
  const { scheme } = input;
  if (scheme.scheme === 'none')
    return [told('No signature', 'The provider signs nothing: whatever the endpoint lets in counts.')];
  const keyed = keyedOf(scheme);
  const steps = keyed ? keyedSteps(keyed, input) : [told('Signature', describeOther(scheme))];
  return [...steps, await comparison(input)];
}

function keyedSteps(scheme: KeyedScheme, input: DiagnosisInput): Step[] {
  return [
    signatureStep(scheme, input),
    ...timestampSteps(scheme, input),
    contentStep(scheme, input),
    keyStep(scheme, input),
  ];
}

function signatureStep({ signature, timestamp }: KeyedScheme, { request }: DiagnosisInput): Step {
  const pair = timestamp && 'pair' in timestamp.from ? timestamp.from.pair : undefined;
  const found = findSignature(signature, new RequestReader(request), undefined, pair);
  const where = `${placeOf(signature)}, ${formOf(signature)}`;
  if (isRefusal(found)) return { title: 'Signature', text: `Expected in ${where}; ${found.detail}.`, state: 'failed' };
  const { length } = found.candidates;
  return passed('Signature', `Found in ${where}${length > 1 ? `: ${length} of them, of which one must match` : ''}.`);
}

function timestampSteps(scheme: KeyedScheme, { request, toleranceSeconds }: DiagnosisInput): Step[] {
  const { timestamp } = scheme;
  if (!timestamp) return [];
  const where = placeOfTime(timestamp);
  const claimed = claimedTime(scheme, request);
  if (claimed === undefined)
    return [
      {
        title: 'Timestamp',
        text: `Expected in ${where}, in ${timestamp.unit}; there is none that can be read.`,
        state: 'failed',
      },
    ];
  const tolerance = toleranceSeconds ?? timestamp.toleranceSeconds;
  const away = (request.receivedAt - claimed) / 1000;
  const relation =
    Math.abs(away) < 1 ? 'at arrival' : `${durationText(Math.abs(away))} ${away > 0 ? 'before' : 'after'} arrival`;
  const limit = tolerance === null ? 'no limit is enforced' : `${durationText(tolerance)} are allowed`;
  const time = new Date(claimed);
  const shown = Number.isNaN(time.getTime()) ? 'a time that no clock shows' : time.toISOString();
  const text = `${capitalised(where)} says ${shown}, ${relation}; ${limit}.`;
  return [{ title: 'Timestamp', text, state: tolerance === null || Math.abs(away) <= tolerance ? 'passed' : 'failed' }];
}

function contentStep({ message }: KeyedScheme, { request }: DiagnosisInput): Step {
  const parts = message.map((part) => describePart(part, lengthOf(request.body)));
  return told(
    'Signed content',
    `${capitalised(parts.join(', then '))}${parts.length > 1 ? ', one after the other' : ''}. Nothing else is signed.`,
  );
}

function keyStep(scheme: KeyedScheme, { secrets }: DiagnosisInput): Step {
  const how =
    scheme.scheme === 'hmac'
      ? `HMAC-${scheme.hash.toUpperCase()}, keyed with the secret ${keyForms[scheme.key]}`
      : `${scheme.algorithm}, checked with the provider’s public key`;
  const versions = secrets.map(({ version }) => version);
  const which = versions.length === 0 ? 'The source has none' : `Tried: ${versions.join(', ')}`;
  return { title: 'Key', text: `${how}. ${which}.`, state: versions.length === 0 ? 'failed' : 'told' };
}

async function comparison({
  scheme,
  request,
  secrets,
  toleranceSeconds,
  withoutCredential,
}: DiagnosisInput): Promise<Step> {
  const title = 'Comparison';
  if (withoutCredential) return told(title, 'The token itself is not kept, so it is not compared again here.');
  const options = toleranceSeconds === undefined ? {} : { toleranceSeconds };
  const { verdict } = await verifyWithBodyFallback(
    scheme,
    request,
    secrets.map(({ value }) => value),
    options,
  );
  if (verdict.ok) return passed(title, `Matches with the secret "${secrets[verdict.secretIndex]?.version}".`);
  return { title, text: `Refused with the secrets of now: ${verdict.detail}.`, state: 'failed' };
}

function describeOther(scheme: Scheme): string {
  if (scheme.scheme === 'token')
    return `A static token in ${tokenPlace(scheme)}${scheme.prefix === undefined ? '' : `, after "${scheme.prefix}"`}. It signs nothing: whoever knows it can send anything.`;
  if (scheme.scheme === 'basic')
    return 'User and password in the header authorization. They sign nothing: whoever knows them can send anything.';
  return scheme.scheme === 'code' ? `${scheme.summary}.` : '';
}

function tokenPlace({ at }: TokenScheme): string {
  return 'header' in at ? `the header ${at.header}` : `the query parameter ${at.query}`;
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function passed(title: string, text: string): Step {
  return { title, text, state: 'passed' };
}

function told(title: string, text: string): Step {
  return { title, text, state: 'told' };
}
