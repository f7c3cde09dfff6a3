import { describe, expect, it } from 'vitest';
import { catalogue } from '../../providers/index.ts';
import { loadGuide } from '../../providers/samples/index.ts';
import { identify } from '../../src/catalogue/identify.ts';
import { type Subject, canSign, subjectsOf } from '../../src/catalogue/contract/subject.ts';
import { schemesOf } from '../../src/catalogue/scheme-of.ts';
import { refusalOf } from '../../src/queue/message-rules.ts';
import { isAsExpected } from '../../src/sending/hostile/judge.ts';
import type { HostileMode, HostileRequest } from '../../src/sending/hostile/mode.ts';
import { hostileModes } from '../../src/sending/hostile/modes.ts';
import type { Sender } from '../../src/sending/sender.ts';
import { decodeUtf8 } from '../../src/signature/text.ts';
import { verify } from '../../src/signature/verify.ts';

const now = Date.UTC(2026, 10, 3, 16, 20, 5);
const url = 'https://hooks.example.com/source';
const maxMessageBytes = 1024 * 1024;

const subjects = (
  await Promise.all(
    catalogue.ids().map(async (id) => {
      const samples = (await (await loadGuide(id))?.samples()) ?? [];
      return subjectsOf(catalogue.get(id)!, samples);
    }),
  )
).flat();

function senderOf({ provider, scheme, signingSecret }: Subject): Sender {
  return { provider, scheme, secret: signingSecret, url, now, maxMessageBytes, deduplicates: true };
}

/** What the pipeline makes of a request, by the engine and the rules of the queue alone. */
async function fateOf({ scheme, secret }: Subject, { headers, body }: HostileRequest): Promise<string> {
  const text = decodeUtf8(body);
  if (text === undefined || refusalOf({ body: text, attributes: {} }, maxMessageBytes)) return 'refused';
  const verdict = await verify(scheme, { headers, body, receivedAt: now, url, method: 'POST' }, [secret]);
  return verdict.ok ? 'taken' : `rejected: ${verdict.reason}`;
}

describe.each(subjects.filter(canSign))('$name', (subject) => {
  const applicable = Object.entries<HostileMode>(hostileModes).filter(([, mode]) => !mode.inapplicable?.(subject));

  it.each(applicable)('--%s becomes what it says', async (_, mode) => {
    const requests = await mode.make(senderOf(subject), subject.sample);
    expect(requests.length).toBeGreaterThan(0);
    for (const request of requests) {
      const { expected } = request;
      const wanted = expected.kind === 'rejected' ? `rejected: ${expected.reason}` : expected.kind;
      // To the engine a duplicate is a genuine request; the memory of what was handled tells it apart.
      const fate = await fateOf(subject, request);
      expect(`${request.what}: ${fate}`).toBe(`${request.what}: ${wanted === 'duplicate' ? 'taken' : wanted}`);
    }
  });

  it('tells a duplicate by its id, and three that overtake each other apart where there is an id', async () => {
    const ids = async (mode: HostileMode) => idsOf(subject, await mode.make(senderOf(subject), subject.sample));
    expect((await ids(hostileModes.duplicate)).size).toBe(1);
    const overtaking = await hostileModes.reorder.make(senderOf(subject), subject.sample);
    const taken = overtaking.filter(({ expected }) => expected.kind === 'taken');
    expect(idsOf(subject, overtaking).size).toBe(taken.length);
    expect(taken.length).toBeGreaterThanOrEqual(hasId(subject) ? overtaking.length : 1);
  });
});

function idsOf({ provider }: Subject, requests: readonly HostileRequest[]): Set<string> {
  return new Set(requests.map((request) => identify(provider, request).deliveryId));
}

function hasId({ provider, sample }: Subject): boolean {
  return !identify(provider, { headers: sample.headers, body: Buffer.from(sample.body) }).deliveryId.startsWith('sha');
}

describe('a mode that says nothing about a scheme', () => {
  const why = (mode: HostileMode, id: string) =>
    Object.values(schemesOf(catalogue.get(id)!)).map((scheme) => mode.inapplicable?.({ scheme }));

  it('is refused with the reason: --stale without a timestamp that counts', () => {
    const { stale } = hostileModes;
    for (const id of ['github', 'twilio', 'telegram', 'postmark', 'json', 'sanity'])
      for (const reason of why(stale, id)) expect(reason).toContain('no timestamp is signed and checked');
    for (const id of ['stripe', 'linear', 'mailgun', 'contentful', 'aws-sns'])
      expect(why(stale, id).filter(Boolean)).toEqual([]);
  });

  it('--tamper with a token, and --no-signature where nothing is signed', () => {
    for (const id of ['telegram', 'postmark', 'zapier', 'json'])
      for (const reason of why(hostileModes.tamper, id)) expect(reason).toContain('nothing covers the body');
    expect(why(hostileModes['no-signature'], 'json')).toEqual(['the provider signs nothing']);
    expect(why(hostileModes['no-signature'], 'telegram')).toEqual([undefined]);
  });
});

describe('judging', () => {
  const kept = { status: 200, messageId: 'm' };
  const state = (outcome: string, reason: string | null = null) => ({ outcome, reason });

  it('takes a refusal for one only if it has a status of 4xx and nothing was kept', () => {
    expect(isAsExpected({ kind: 'refused' }, { status: 400, messageId: undefined }, undefined)).toBe(true);
    for (const status of [0, 200, 302, 500, 503])
      expect(isAsExpected({ kind: 'refused' }, { status, messageId: undefined }, undefined)).toBe(false);
    expect(isAsExpected({ kind: 'refused' }, kept, state('rejected', 'signature_mismatch'))).toBe(false);
  });

  it('wants the very reason', () => {
    const expected = { kind: 'rejected', reason: 'stale_timestamp' } as const;
    expect(isAsExpected(expected, kept, state('rejected', 'stale_timestamp'))).toBe(true);
    expect(isAsExpected(expected, kept, state('rejected', 'signature_mismatch'))).toBe(false);
    for (const outcome of ['handled', 'ignored', 'duplicate', 'failed'])
      expect(isAsExpected(expected, kept, state(outcome))).toBe(false);
    expect(isAsExpected(expected, { status: 503, messageId: undefined }, undefined)).toBe(false);
  });

  it('does not guess what became of a request that nobody tells of', () => {
    expect(isAsExpected({ kind: 'taken' }, kept, undefined)).toBeUndefined();
    expect(isAsExpected({ kind: 'taken' }, kept, 'waiting')).toBe(true);
    expect(isAsExpected({ kind: 'duplicate' }, kept, state('handled'))).toBe(false);
    expect(isAsExpected({ kind: 'taken' }, kept, state('failed'))).toBe(false);
  });
});
