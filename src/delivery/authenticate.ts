import type { Provider } from '../catalogue/provider.ts';
import { schemeOf } from '../catalogue/scheme-of.ts';
import { type Verified, verifyWithBodyFallback } from '../signature/body-fallback.ts';
import type { Scheme } from '../signature/scheme.ts';
import type { Body } from '../signature/text.ts';
import type { SignedRequest } from '../signature/types.ts';
import { type Clock, systemClock } from '../clock.ts';
import { HookportError } from '../errors.ts';
import type { SourcePlan } from '../plan/plan.ts';
import type { ReceivedMessage } from '../queue/queue.ts';
import { type Secret, type SecretStore, shortestAgeMs } from '../secrets/secret-store.ts';
import { describeError } from './handler-errors.ts';
import type { FailureReason, Outcome } from './outcome.ts';
import type { ArrivedRequest } from './arrived-request.ts';
import { decodeMessage } from './wire.ts';

export interface AuthenticateOptions {
  source: string;
  /** See `decodeMessage`. @default one whose names were not cut, and who lists all */
  provider?: Pick<Provider, 'headers' | 'query'>;
  scheme: Scheme;
  secrets: SecretStore;
  /** @default the system's */
  clock?: Clock | undefined;
  /** Overrides the provider's tolerance. */
  toleranceSeconds?: number | undefined;
  /** For providers that sign the URL. */
  publicUrl?: string | undefined;
  method?: string | undefined;
  /** The source's plan takes deliveries that nobody signed. Without effect where the provider signs. @default false */
  unsigned?: boolean | undefined;
  /** The endpoint asks for tokens. @default false */
  authorized?: boolean | undefined;
}

/** How the deliveries of a source are verified. @throws HookportError `provider_invalid` when the provider has no such way */
export function authenticationOf(
  { id, verify, route, consumer, publicUrl, unsigned }: SourcePlan,
  provider: Provider,
): Omit<AuthenticateOptions, 'secrets' | 'clock'> {
  return {
    source: id,
    provider,
    scheme: schemeOf(provider, verify),
    toleranceSeconds: consumer?.toleranceSeconds,
    publicUrl,
    method: route.method,
    unsigned,
    authorized: route.authorize !== undefined,
  };
}

type Refused = Extract<Outcome, { kind: 'rejected' | 'failed' }>;

/** A message that was decoded and either verified or refused. `secretVersion` is undefined where nothing is signed. */
export type Authenticated =
  | { ok: true; request: ArrivedRequest; body: Body; secretVersion: string | undefined }
  | { ok: false; request: ArrivedRequest | undefined; outcome: Refused };

/** A delivery that met an old secret is tried again so soon: the store reads again once a minute at most. */
const secretRetrySeconds = 50;

/**
 * Nothing is rejected by secrets that were read longer ago, so that after a change of the secret it is known from when on nothing
 * is rejected by the one before, whatever waited meanwhile. Not less: a store could not give anything newer.
 */
export const oldestRejectionMs = shortestAgeMs;

/** For what a delivery is not verified for want of the right secret to verify it with. */
export const wantingSecretReasons: readonly FailureReason[] = [
  'secret_missing',
  'secret_unreadable',
  'secret_unusable',
  'secret_maybe_old',
];

/** For what a delivery is refused that another secret may let pass. */
export const secretReasons: readonly string[] = ['signature_mismatch', 'verification_error', ...wantingSecretReasons];

/** The secrets that count for a source, as one read gave them, or why there are none. */
export type KnownSecrets = ReadSecrets | RefusedAttempt;

interface ReadSecrets {
  ok: true;
  secrets: readonly Secret[];
  /** Of these secrets, in their order. */
  values: readonly string[];
  readAt: number;
}

/**
 * Reads a source's secrets; never rejects. Where nothing is signed, none is read.
 *
 * @param notBefore epoch milliseconds: what was read earlier is read again, as often as the store allows
 */
export async function readSecrets(options: AuthenticateOptions, notBefore?: number): Promise<KnownSecrets> {
  const { source, secrets } = options;
  try {
    if (isUnsigned(options)) return noSecrets('secret_missing', `source ${source} has nothing signed`, Infinity);
    const { secrets: all, readAt } = await secrets.read(source, notBefore === undefined ? undefined : { notBefore });
    const usable = all.filter(({ value }) => value.trim() !== '');
    if (usable.length > 0) return { ok: true, secrets: usable, values: usable.map(({ value }) => value), readAt };
    return noSecrets('secret_missing', `source ${source} has no signing secret`, readAt);
  } catch (error) {
    const unusable = error instanceof HookportError && error.code === 'secret_unusable';
    return noSecrets(unusable ? 'secret_unusable' : 'secret_unreadable', describeError(error), Infinity);
  }
}

function noSecrets(reason: FailureReason, detail: string, readAt: number): RefusedAttempt {
  return { ok: false, outcome: { kind: 'failed', reason, detail }, dependsOnSecret: true, readAt };
}

/**
 * Decodes a queue message and verifies the request in it. Never throws or rejects. What is refused here is `rejected`
 * only if the secret that refused it was read after the delivery had arrived or came back by a redrive, and within the last
 * minute, so that a secret that changed meanwhile delays a delivery and never refuses it.
 *
 * @param known What is tried first. @default reads
 */
export async function authenticate(
  message: ReceivedMessage,
  options: AuthenticateOptions,
  known?: KnownSecrets,
): Promise<Authenticated> {
  let request: ArrivedRequest | undefined;
  try {
    const decoded = decodeMessage(message, message.sentAt, listedBy(options));
    if (!decoded.ok) return { ok: false, request: undefined, outcome: decoded.outcome };
    request = decoded.request;
    if (isUnsigned(options)) return takeUnsigned(request, options);
    // A redrive sends the message anew, and is usually done because the secret has just been changed.
    const at = (options.clock ?? systemClock)();
    // It has arrived by now, whatever the clock said then: one that was set back is behind that of the queue for good.
    const since = Math.min(Math.max(request.receivedAt, message.sentAt, at - oldestRejectionMs), at);
    const now = known ?? (await readSecrets(options));
    const first = now.ok ? toAttempt(await check(request, now, options), now) : now;
    if (first.ok || !first.dependsOnSecret || first.readAt >= since) return toResult(request, first);
    const newer = await readSecrets(options, since);
    const second = newer.ok ? toAttempt(await check(request, newer, options), newer) : newer;
    if (second.ok || !second.dependsOnSecret || second.readAt >= since || second.outcome.kind === 'failed')
      return toResult(request, second);
    return {
      ok: false,
      request,
      outcome: {
        kind: 'failed',
        reason: 'secret_maybe_old',
        detail:
          'the signature does not match a secret that was read before the delivery arrived, or over a minute ago; it will be read again',
        retryAfterSeconds: secretRetrySeconds,
      },
    };
  } catch {
    // What was thrown may quote a secret or a body.
    const outcome: Refused = {
      kind: 'rejected',
      reason: 'verification_error',
      detail: 'the verification itself failed',
    };
    return { ok: false, request, outcome };
  }
}

/**
 * Both must say so: the provider's own definition, that it signs nothing, and the source's plan, that this is meant. So
 * neither a plan nor a configuration can make a provider that signs go unverified.
 */
function isUnsigned({ scheme, unsigned }: AuthenticateOptions): boolean {
  return unsigned === true && scheme.scheme === 'none' && scheme.acknowledgeRisk;
}

/**
 * What its endpoint maps where that asks for tokens, and not all that the provider keeps: a header that it may keep, and does not map,
 * another provider's endpoint has written, such as the content type of one that signs in the body.
 */
function listedBy(options: AuthenticateOptions): AuthenticateOptions['provider'] {
  const { provider, authorized } = options;
  if (!provider || !authorized || !isUnsigned(options)) return provider;
  return { headers: mapped(provider.headers), query: mapped(provider.query ?? {}) };
}

function mapped(list: Provider['headers']): Provider['headers'] {
  return Object.fromEntries(Object.entries(list).filter(([, when]) => when === 'always'));
}

/** Where the endpoint asks for tokens, one that came in while the source had another provider was not asked for any. */
function takeUnsigned(request: ArrivedRequest, { authorized }: AuthenticateOptions): Authenticated {
  if (!authorized || !request.foreign) return { ok: true, request, body: request.body, secretVersion: undefined };
  const detail =
    'it has a header or a parameter that the provider does not list: it came in while the source had another one, and was not asked for the token that counts now';
  return { ok: false, request, outcome: { kind: 'rejected', reason: 'other_provider', detail } };
}

type Attempt = { ok: true; body: Body; secretVersion: string | undefined } | RefusedAttempt;

interface RefusedAttempt {
  ok: false;
  outcome: Refused;
  /** Whether another secret may change it. */
  dependsOnSecret: boolean;
  /** When the secrets were read, epoch milliseconds. */
  readAt: number;
}

function check(
  { headers, query, body, receivedAt }: ArrivedRequest,
  { values }: ReadSecrets,
  { scheme, toleranceSeconds, publicUrl, method }: AuthenticateOptions,
): Verified | Promise<Verified> {
  const request: SignedRequest = { headers, query, body, receivedAt, url: publicUrl, method };
  return verifyWithBodyFallback(scheme, request, values, { toleranceSeconds });
}

function toAttempt({ verdict, body }: Verified, { secrets, readAt }: ReadSecrets): Attempt {
  if (verdict.ok) {
    const matched = secrets[verdict.secretIndex];
    if (matched) return { ok: true, body, secretVersion: matched.version };
    const detail = 'the verification named a secret that it was not given';
    return {
      ok: false,
      outcome: { kind: 'rejected', reason: 'verification_error', detail },
      dependsOnSecret: false,
      readAt,
    };
  }
  const { reason, detail } = verdict;
  // The configuration is at fault, not the request: it waits like one whose secret is missing.
  if (reason === 'unusable_secret')
    return { ok: false, outcome: { kind: 'failed', reason: 'secret_unusable', detail }, dependsOnSecret: true, readAt };
  if (reason === 'key_unavailable')
    return { ok: false, outcome: { kind: 'failed', reason, detail }, dependsOnSecret: false, readAt };
  const dependsOnSecret = reason === 'signature_mismatch' || reason === 'verification_error';
  return { ok: false, outcome: { kind: 'rejected', reason, detail }, dependsOnSecret, readAt };
}

function toResult(request: ArrivedRequest, attempt: Attempt): Authenticated {
  if (!attempt.ok) return { ok: false, request, outcome: attempt.outcome };
  return { ok: true, request, body: attempt.body, secretVersion: attempt.secretVersion };
}
