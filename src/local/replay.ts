import { schemeOf } from '../catalogue/scheme-of.ts';
import type { Provider } from '../catalogue/provider.ts';
import { encodeMessage } from '../delivery/wire.ts';
import { HookportError } from '../errors.ts';
import type { SourcePlan } from '../plan/plan.ts';
import type { Queue } from '../queue/queue.ts';
import { hasCredential } from '../signature/credentials.ts';
import type { SignedParts } from '../signature/scheme.ts';
import { sign } from '../signature/sign.ts';
import type { JournalContent } from './journal/entry.ts';

export interface ReplayOptions {
  source: SourcePlan;
  provider: Provider;
  kept: JournalContent;
  queue: Queue;
  /** The source's secret, for a static token: the journal keeps none. */
  signingSecret: () => Promise<string | undefined>;
  /** Forgets that the delivery completed, where the source remembers. */
  forget: (deliveryId: string) => void;
}

/**
 * Submits a kept delivery again: a new message in the source queue, as the endpoint wrote it at its arrival. So it is
 * verified like every other, under the request id that it had.
 *
 * @throws HookportError `usage` when what is kept does not make a message, or `queue_unavailable`
 */
export async function replay(options: ReplayOptions): Promise<{ messageId: string }> {
  const { source, kept, queue, forget } = options;
  if (kept.sourceIp === undefined)
    throw new HookportError('usage', 'its queue message could not be decoded, so there is no request to submit again');
  const credential = await credentials(options);
  const headers = { ...kept.headers, ...credential.headers };
  const query = { ...kept.query, ...credential.query };
  const { receivedAt, sourceIp, body, id: requestId } = kept;
  if (source.consumer?.deduplicate && kept.deliveryId !== undefined) forget(kept.deliveryId);
  const sent = await queue.send(encodeMessage({ requestId, receivedAt, sourceIp, headers, query, body }));
  if (!sent.ok) throw new HookportError('usage', `the queue refuses it: ${sent.code}: ${sent.message}`);
  return { messageId: sent.messageId };
}

/**
 * A static token is not kept, so the source's own takes its place; only where this delivery had shown it already, or
 * a replay would make a stranger's request pass. What came when the source had another provider, or took what nobody
 * signed, has shown none, though it counted as verified then.
 */
async function credentials({
  source,
  provider,
  kept,
  signingSecret,
}: ReplayOptions): Promise<Omit<SignedParts, 'body'>> {
  const scheme = schemeOf(provider, source.verify);
  if (source.unsigned && kept.provider !== source.provider)
    throw new HookportError(
      'usage',
      `it came to "${source.id}" as a delivery of ${kept.provider}, and nothing would verify it now`,
    );
  // Its provider, of one's own, may have been defined otherwise then.
  if (source.unsigned && kept.deliveryId === undefined)
    throw new HookportError('usage', 'it was not verified when it came, and nothing would verify it now');
  if (!hasCredential(scheme)) return { headers: {} };
  if (kept.deliveryId === undefined)
    throw new HookportError(
      'usage',
      'it was not verified, and its token is not kept; redrive it from the dead-letter queue',
    );
  if (kept.secretVersion === undefined || kept.provider !== source.provider)
    throw new HookportError('usage', 'it came before the source asked for the token that it asks for now');
  const secret = await signingSecret();
  if (secret === undefined) throw new HookportError('usage', `the source "${source.id}" has no secret`);
  const request = { body: Buffer.from(kept.body), headers: kept.headers, timestamp: kept.receivedAt };
  return sign(scheme, request, secret);
}
