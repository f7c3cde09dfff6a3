import { describeOther } from '../../catalogue/other-credential.ts';
import { credentialQuery } from '../../signature/credentials.ts';
import { keyedOf } from '../../signature/keyed.ts';
import { needsOf } from '../../signature/needs.ts';
import type { Scheme } from '../../signature/scheme.ts';
import { verifyWithBodyFallback } from '../../signature/body-fallback.ts';
import type { RejectionReason } from '../../signature/types.ts';
import { bodyVariants } from './body-variants.ts';
import { durationText } from './duration-text.ts';
import type { Finding, FindingCode } from './finding.ts';
import type { DiagnosisInput } from './input.ts';
import { keyVariants } from './key-variants.ts';
import { keyMatcher, matches } from './matches.ts';
import { ofOwnDefinition } from './own-definition.ts';
import { claimedTime } from './claimed-time.ts';
import { urlVariants } from './url-variants.ts';

/**
 * Looks for why a delivery does not verify, by trying what usually went wrong. The likeliest cause comes first; there is
 * always one, be it that nothing which was tried matches. Pure: it reads what it is given and decides nothing.
 */
export async function diagnose(input: DiagnosisInput): Promise<Finding[]> {
  const findings = await findCauses(input);
  const { isOwn, scheme } = input;
  // A token or a password has no more to it than its place.
  return isOwn && 'signature' in scheme ? findings.map((each) => ofOwnDefinition(each, scheme)) : findings;
}

async function findCauses(input: DiagnosisInput): Promise<Finding[]> {
  const { scheme, request, secrets, toleranceSeconds } = input;
  if (scheme.scheme === 'none') return [];
  if (input.withoutCredential)
    return [
      found(
        'credential_not_kept',
        'its static token is not kept, so it cannot be compared again',
        'compare the token in the provider’s settings with the source’s secret',
      ),
    ];
  const usable = secrets.filter(({ value }) => value.trim() !== '');
  if (usable.length === 0)
    return [
      found('no_secret', input.secretProblem ?? 'the source has no secret', 'set it; the delivery waits until then'),
      ...(await elsewhere(input)),
    ];
  const values = usable.map(({ value }) => value);
  const options = toleranceSeconds === undefined ? {} : { toleranceSeconds };
  const { verdict } = await verifyWithBodyFallback(scheme, request, values, options);
  if (verdict.ok) {
    const version = usable[verdict.secretIndex]?.version ?? 'current';
    return [
      found(
        'verifies_now',
        `it verifies now, with the secret "${version}"`,
        'redrive it, or send it to the handler again',
      ),
    ];
  }
  return byReason(verdict.reason, verdict.detail, { ...input, secrets: usable });
}

async function byReason(reason: RejectionReason, detail: string, input: DiagnosisInput): Promise<Finding[]> {
  switch (reason) {
    case 'missing_signature':
      return [
        ...(await otherWays(input)),
        found(
          'no_signature',
          detail,
          credentialQuery(input.scheme).length > 0
            ? 'enter the URL at the provider with the token in it, as `hookport urls` shows; or else something before the endpoint takes the query away'
            : 'set a secret at the provider: without one it does not sign; or else something before the endpoint takes the header away',
        ),
      ];
    case 'missing_timestamp':
    case 'malformed_timestamp':
      return [
        found(
          'no_timestamp',
          detail,
          'compare with what the provider documents; something before the endpoint may have changed the header',
        ),
      ];
    case 'malformed_signature':
    case 'ambiguous_header':
      return [
        ...(await otherWays(input)),
        found(
          'signature_form',
          detail,
          'compare with what the provider documents; another program may be sending here',
        ),
      ];
    case 'stale_timestamp':
      return aboutTime(input);
    case 'missing_context':
      return [
        found('no_public_url', detail, 'set publicUrl of the source to the URL exactly as it stands at the provider'),
      ];
    case 'signature_mismatch':
      return aboutMismatch(input);
    case 'malformed_body':
    case 'unusable_secret':
    case 'key_unavailable':
    case 'verification_error':
      return [
        ...(await aboutMismatch(input)).filter(({ code }) => code !== 'other_secret'),
        found('signature_form', detail, 'compare with what the provider documents'),
      ];
  }
}

async function aboutTime(input: DiagnosisInput): Promise<Finding[]> {
  const { scheme, request } = input;
  const claimed = claimedTime(scheme, request);
  if (claimed === undefined) return aboutMismatch(input);
  const seconds = (request.receivedAt - claimed) / 1000;
  const genuine = await anyMatches(scheme, input);
  const rest = genuine ? 'apart from that its signature is right' : 'its signature does not match either';
  if (
    Math.abs(request.receivedAt - claimed * 1000) < 86_400_000 ||
    Math.abs(request.receivedAt - claimed / 1000) < 86_400_000
  )
    return [
      found(
        'timestamp_unit',
        `the timestamp is in another unit than the provider documents; ${rest}`,
        'another program may be sending here',
      ),
    ];
  const finding =
    seconds > 0
      ? found(
          'old_timestamp',
          `the timestamp was ${durationText(seconds)} old at arrival; ${rest}`,
          genuine
            ? 'compare this machine’s clock with the right time; if that is right, the provider signed long before it sent, or somebody sent a captured request again'
            : 'somebody may have sent an old request again with changes',
        )
      : found(
          'early_timestamp',
          `the timestamp lay ${durationText(-seconds)} after arrival; ${rest}`,
          'compare this machine’s clock with the right time',
        );
  return genuine ? [finding] : [finding, ...(await aboutMismatch(input))];
}

async function aboutMismatch(input: DiagnosisInput): Promise<Finding[]> {
  const findings = [
    ...(await elsewhere(input)),
    ...(await otherWays(input)),
    ...(await aboutKey(input)),
    ...(await aboutUrl(input)),
    ...(await aboutBody(input)),
  ];
  if (findings.length > 0) return findings;
  const { otherCredential } = input;
  if (otherCredential)
    return [
      found('other_credential', `the secret ${describeOther(otherCredential)}`, `set it to ${otherCredential.instead}`),
    ];
  if (input.secrets.every(({ version }) => version === 'development'))
    return [
      found(
        'development_secret',
        'the source has a secret that was made up for development, which the provider cannot know',
        'put the provider’s secret into .env',
      ),
    ];
  const tried = 'nothing that was tried matches: no secret of another source, no slip of copying, no rewritten body';
  const { scheme, request } = input;
  const signsUrl = request.url !== undefined && needsOf(scheme).url;
  return [
    found(
      'other_secret',
      `${tried}; most likely the provider signs with another secret${signsUrl ? `, or another URL than ${request.url}` : ''}`,
      `copy the secret from the provider anew; mind test and live mode, and one secret for each endpoint${signsUrl ? '; compare publicUrl of the source with the URL that stands at the provider, to the letter' : ''}`,
    ),
  ];
}

async function elsewhere({ scheme, request, others }: DiagnosisInput): Promise<Finding[]> {
  for (const { source, secrets } of others)
    for (const { value } of secrets)
      if (await matches(scheme, request, value))
        return [
          found(
            'secret_of_other_source',
            `it matches with the secret of the source "${source}"`,
            'the secrets of two sources are mixed up, or the URL of the one stands at the endpoint of the other',
          ),
        ];
  return [];
}

async function otherWays(input: DiagnosisInput): Promise<Finding[]> {
  for (const [name, scheme] of Object.entries(input.alternatives))
    if (scheme !== input.scheme && scheme.scheme !== 'none' && (await anyMatches(scheme, input)))
      return [
        found(
          'other_way_of_signing',
          `it matches by another of the provider’s ways of signing, "${name}"`,
          `set verify: ${name} for the source`,
        ),
      ];
  return [];
}

async function aboutKey({ scheme, request, secrets }: DiagnosisInput): Promise<Finding[]> {
  const hmac = keyedOf(scheme);
  if (hmac?.scheme !== 'hmac') return [];
  const matchesKey = await keyMatcher(hmac, request);
  for (const { value, version } of secrets)
    for (const { what, key } of keyVariants(hmac.key, value))
      if (await matchesKey(key))
        return [
          found(
            'secret_differs_slightly',
            `it matches with the secret "${version}" ${what}`,
            'set the secret anew at the provider, without what was copied along; or set it here as the provider has it',
          ),
        ];
  return [];
}

async function aboutBody({ scheme, request, secrets }: DiagnosisInput): Promise<Finding[]> {
  for (const { what, body } of bodyVariants(request.body))
    for (const { value } of secrets)
      if (await matches(scheme, { ...request, body }, value))
        return [
          found(
            'body_changed',
            `it matches if the body is ${what}: something before the endpoint changed it`,
            'let proxies and middleware pass the body on byte for byte',
          ),
        ];
  return [];
}

async function aboutUrl({ scheme, request, secrets }: DiagnosisInput): Promise<Finding[]> {
  if (request.url === undefined || !needsOf(scheme).url) return [];
  for (const url of urlVariants(request.url))
    for (const { value } of secrets)
      if (await matches(scheme, { ...request, url }, value))
        return [found('url_differs', `it matches with the URL ${url}`, `set publicUrl of the source to ${url}`)];
  return [];
}

async function anyMatches(scheme: Scheme, { request, secrets }: DiagnosisInput): Promise<boolean> {
  for (const { value } of secrets) if (await matches(scheme, request, value)) return true;
  return false;
}

function found(code: FindingCode, text: string, advice: string): Finding {
  return { code, text, advice };
}
