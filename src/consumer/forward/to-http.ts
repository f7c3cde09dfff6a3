import type { Clock } from '../../clock.ts';
import type { VerifiedDelivery } from '../../delivery/delivery.ts';
import type { Dispatch } from '../../delivery/dispatch.ts';
import { describeError } from '../../delivery/handler-errors.ts';
import type { FailureReason, Outcome } from '../../delivery/outcome.ts';
import { HookportError } from '../../errors.ts';
import type { HttpForwardPlan } from '../../plan/plan.ts';
import type { SecretStore } from '../../secrets/secret-store.ts';
import { forwardSecretOf } from '../../secrets/variables.ts';
import { secretProblem } from '../../signature/secret.ts';
import { eachLimited } from './each-limited.ts';
import { outcomeOfAnswer } from './http-answer.ts';
import { forwardHeaders, forwardScheme } from './http-request.ts';

export interface HttpForwardOptions {
  plan: HttpForwardPlan;
  /** The source's id. */
  source: string;
  /** Asked for `forwardSecretOf(source)`. */
  secrets: SecretStore;
  clock: Clock;
}

/** Requests at once for a batch, so that a large one does not open a thousand connections to a small service. */
const maxAtOnce = 10;

/** Posts each verified delivery to an endpoint inside; a 2xx means handled. Connections are kept alive between them. */
export function forwardToHttp(options: HttpForwardOptions): Dispatch {
  return async (deliveries) => {
    const secrets = await readSecrets(options);
    if (!secrets.ok) return deliveries.map(() => secrets.outcome);
    return eachLimited(deliveries, maxAtOnce, (delivery) => post(delivery, secrets.values, options));
  };
}

async function post(
  delivery: VerifiedDelivery,
  secrets: readonly string[],
  { plan, clock }: HttpForwardOptions,
): Promise<Outcome> {
  try {
    const response = await request(plan.url, {
      method: 'POST',
      headers: await forwardHeaders(delivery, secrets, clock()),
      body: Buffer.from(delivery.body),
      redirect: 'manual',
      signal: AbortSignal.timeout(plan.timeoutSeconds * 1000),
    });
    await drain(response);
    const answer = { status: response.status, retryAfter: response.headers.get('retry-after') };
    return outcomeOfAnswer(answer, { attempt: delivery.attempt, now: clock() });
  } catch (error) {
    return failed('forward_failed', describeFault(error, plan));
  }
}

/** What a connection fails with that the other side has ended, or forgotten. */
const brokenCodes: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/**
 * Tried once more where the connection breaks before an answer: a function sleeps between two deliveries, and learns by
 * sending that what it had kept open is gone meanwhile. The handler before would run again otherwise, half a minute later.
 */
async function request(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (!isBroken(causeOf(error))) throw error;
    return fetch(url, init);
  }
}

/** What fetch says of a connection stands beneath its error. */
function causeOf(error: unknown): unknown {
  return error instanceof TypeError ? error.cause : undefined;
}

function isBroken(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && brokenCodes.has(cause.code);
}

/** Nothing in an answer's body is of use; what is read of it lets the connection be used again. */
const maxAnswerBytes = 64 * 1024;

async function drain({ body }: Response): Promise<void> {
  let length = 0;
  try {
    // Leaving the loop cancels the rest.
    for await (const chunk of body ?? []) if ((length += (chunk as Uint8Array).byteLength) > maxAnswerBytes) return;
  } catch {
    // The status has been told; what became of the rest does not matter.
  }
}

/** Says what happened, without the URL's path and query. */
function describeFault(error: unknown, { url, timeoutSeconds }: HttpForwardPlan): string {
  const { host } = new URL(url);
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return `${host} did not answer within ${timeoutSeconds} s`;
  const cause = causeOf(error);
  // It was reached, and may have what was sent.
  if (isBroken(cause)) return `${host} closed the connection without an answer`;
  if (cause instanceof Error) return `${host} cannot be reached: ${'code' in cause ? String(cause.code) : cause.name}`;
  return `the request to ${host} failed: ${describeError(error)}`;
}

type Secrets = { ok: true; values: string[] } | { ok: false; outcome: Outcome };

async function readSecrets({ source, secrets }: HttpForwardOptions): Promise<Secrets> {
  const refused = (reason: FailureReason, detail: string): Secrets => ({ ok: false, outcome: failed(reason, detail) });
  try {
    const read = await secrets.read(forwardSecretOf(source));
    const [newest, ...before] = read.secrets.map(({ value }) => value).filter((value) => value !== '');
    if (newest === undefined) return refused('secret_missing', `the forward of ${source} has no signing secret`);
    const problem = secretProblem(forwardScheme, newest);
    if (problem !== undefined) return refused('secret_unusable', `the secret of the forward of ${source} ${problem}`);
    // One that was a mistake counts as the previous for days after it was mended, and no receiver can hold it.
    return { ok: true, values: [newest, ...before.filter((value) => !secretProblem(forwardScheme, value))] };
  } catch (error) {
    const unusable = error instanceof HookportError && error.code === 'secret_unusable';
    return refused(unusable ? 'secret_unusable' : 'secret_unreadable', describeError(error));
  }
}

function failed(reason: FailureReason, detail: string): Outcome {
  return { kind: 'failed', reason, detail };
}
