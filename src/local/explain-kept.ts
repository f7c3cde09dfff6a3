import { credentialsOf } from '../catalogue/credentials-of.ts';
import { otherCredential } from '../catalogue/other-credential.ts';
import type { Provider, ProviderGuide } from '../catalogue/provider.ts';
import { schemeOf, schemesOf } from '../catalogue/scheme-of.ts';
import { diagnose } from '../delivery/diagnosis/diagnose.ts';
import { explainVerification, type Step } from '../delivery/diagnosis/explain.ts';
import type { Finding } from '../delivery/diagnosis/finding.ts';
import type { ArrivedRequest } from '../delivery/arrived-request.ts';
import { decodeMessage } from '../delivery/wire.ts';
import type { SourcePlan } from '../plan/plan.ts';
import type { EmbeddedQueue } from '../queue/embedded/embedded-queue.ts';
import type { Secret, SecretStore } from '../secrets/secret-store.ts';
import { hasCredential } from '../signature/credentials.ts';
import { rejectionReasons } from '../signature/types.ts';
import type { Scheme } from '../signature/scheme.ts';
import type { JournalContent } from './journal/entry.ts';

/** How a delivery is verified with the secrets of now, and what was found out about why it is not. */
export interface Explanation {
  steps: Step[];
  /** The likeliest cause first. Empty where the delivery was verified. */
  findings: Finding[];
}

export interface ExplainOptions {
  source: SourcePlan;
  /** All, for their secrets. */
  sources: readonly SourcePlan[];
  provider: Provider;
  /** Its definition stands in the configuration. @default false */
  isOwn?: boolean;
  /** @default none */
  guide?: ProviderGuide | undefined;
  secrets: SecretStore;
  deadLetterQueue: Pick<EmbeddedQueue, 'list'>;
  kept: JournalContent;
}

/** Explains a kept delivery. Its verdict is for people: nothing becomes verified by it. */
export async function explainKept(options: ExplainOptions): Promise<Explanation> {
  const { source, sources, provider, guide, secrets, kept, isOwn = false } = options;
  if (kept.sourceIp === undefined)
    return {
      steps: [
        {
          title: 'Queue message',
          text: 'It is not one that the endpoint writes, so there is no request to verify.',
          state: 'failed',
        },
      ],
      findings: [],
    };
  const scheme = schemeOf(provider, source.verify);
  const verified = kept.deliveryId !== undefined;
  const credential = await restingCredential(options, verified ? scheme : undefined);
  const own = await read(secrets, source);
  const others = await Promise.all(
    sources
      .filter((each) => each.id !== source.id && !each.unsigned)
      .map(async (each) => ({ source: each.id, secrets: (await read(secrets, each)).secrets })),
  );
  const newest = own.secrets[0]?.value;
  const input = {
    scheme,
    alternatives: schemesOf(provider),
    request: {
      headers: { ...kept.headers, ...credential?.headers },
      query: { ...kept.query, ...credential?.query },
      body: Buffer.from(kept.body),
      receivedAt: kept.receivedAt,
      method: source.route.method,
      ...(source.publicUrl !== undefined && { url: source.publicUrl }),
    },
    secrets: own.secrets,
    secretProblem: own.problem,
    otherCredential: newest === undefined ? undefined : otherCredential(guide, newest),
    others,
    toleranceSeconds: source.consumer?.toleranceSeconds,
    isOwn,
    withoutCredential: hasCredential(scheme) && !credential,
  };
  const steps = await explainVerification(input);
  const before = comesFromBefore(kept, source);
  // What is wrong with it as one of the provider of now says nothing of what it is.
  if (before !== undefined)
    return { steps: [{ title: 'Provider', text: before, state: 'failed' }, ...steps], findings: [] };
  // Verified once, and refused since: its secret may have changed while it waited for another attempt.
  const isRefused = kept.reason !== undefined && Object.hasOwn(rejectionReasons, kept.reason);
  return { steps, findings: verified && !isRefused ? [] : await diagnose(input) };
}

/** That the source had another provider when it came; undefined where it had that of now. */
function comesFromBefore(
  { provider, reason }: Pick<JournalContent, 'provider' | 'reason'>,
  source: SourcePlan,
): string | undefined {
  const now = `What follows is how a delivery of ${source.provider} is verified, which the source has by now.`;
  if (provider !== source.provider) return `It came as a delivery of ${provider}. ${now}`;
  return reason === 'other_provider' ? `It came while the source had another provider. ${now}` : undefined;
}

async function read(
  secrets: SecretStore,
  { id, unsigned }: SourcePlan,
): Promise<{ secrets: readonly Secret[]; problem?: string }> {
  if (unsigned) return { secrets: [] };
  try {
    return { secrets: (await secrets.read(id)).secrets };
  } catch (error) {
    // Its own message, which names the variable and what is wrong with it, and never the value.
    return { secrets: [], problem: error instanceof Error ? error.message : String(error) };
  }
}

/** How many of the newest dead letters are looked through: beyond them a token counts as not kept. */
const maxLookedThrough = 1000;

/**
 * The journal keeps no static token; a dead letter still has it.
 *
 * @param scheme The one that counts. @default all of the provider's
 */
async function restingCredential(
  { deadLetterQueue, kept, provider }: ExplainOptions,
  scheme?: Scheme,
): Promise<Pick<ArrivedRequest, 'headers' | 'query'> | undefined> {
  const names = credentialsOf(scheme ? { verify: scheme } : provider);
  if (names.headers.length === 0 && names.query.length === 0) return undefined;
  let after: string | undefined;
  for (let looked = 0; looked < maxLookedThrough;) {
    const page = await deadLetterQueue.list({ limit: 100, newestFirst: true, ...(after !== undefined && { after }) });
    for (const message of page.messages) {
      const decoded = decodeMessage(message, message.sentAt, provider);
      if (!decoded.ok || decoded.request.requestId !== kept.id) continue;
      const { headers, query = {} } = decoded.request;
      return {
        headers: only(names.headers, headers),
        query: only(names.query, query),
      };
    }
    looked += page.messages.length;
    after = page.next;
    if (after === undefined) return undefined;
  }
  return undefined;
}

function only(names: readonly string[], fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
}
