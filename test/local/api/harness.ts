import { type IncomingHttpHeaders, request } from 'node:http';
import { onTestFinished } from 'vitest';
import { catalogue } from '../../../providers/index.ts';
import { loadGuide } from '../../../providers/samples/index.ts';
import { senderOf } from '../../../src/local/sender-of.ts';
import type { ApiContext } from '../../../src/local/api/context.ts';
import { type Api, startApi } from '../../../src/local/api/start.ts';
import { createEventHub } from '../../../src/local/api/event-hub.ts';
import type { JournalContent, JournalEntry } from '../../../src/local/journal/entry.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { createLogFake } from '../../fakes/log.ts';
import { sourcePlan } from '../../infra/plans.ts';

const secrets = { signingSecret: async () => 'a secret' };

const plan: Plan = {
  name: 'acme-webhooks',
  sources: [sourcePlan('github'), sourcePlan('zendesk', { provider: 'zendesk' })],
};

export const entry: JournalEntry = {
  id: 'JKJaXmPLvHcESHA=',
  source: 'github',
  provider: 'github',
  messageId: 'message-1',
  deliveryId: 'delivery-1',
  eventType: 'push',
  receivedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
  sourceIp: '203.0.113.7',
  outcome: 'failed',
  reason: 'handler_error',
  detail: 'Error: no',
  attempt: 2,
  deadLettered: false,
  durationMs: 12,
  finishedAt: Date.UTC(2026, 0, 2, 3, 4, 6),
  secretVersion: 'current',
  suspectedReplay: false,
};

const { finishedAt, attempt, outcome, reason, detail, deadLettered, durationMs } = entry;

/** {@link entry} with all that the journal keeps of it. */
export const kept: JournalContent = {
  ...entry,
  attempts: [{ attempt, outcome, reason, detail, deadLettered, durationMs, finishedAt }],
  headers: { 'x-github-event': 'push' },
  body: '{"zen":"Keep it logically awesome."}',
};

export interface Harness {
  api: Api;
  /** What the journal was asked for. */
  filters: unknown[];
  /** What was to be redriven, purged, replayed. */
  redriven: unknown[];
  purged: unknown[];
  replayed: string[];
  ask: (
    path: string,
    options?: { method?: string; headers?: Record<string, string>; body?: string },
  ) => Promise<{ status: number; type: string | undefined; json: unknown; headers: IncomingHttpHeaders }>;
}

/** A journal that holds {@link kept} and nothing else. */
export function fakeJournal(changes: Partial<ApiContext['journal']> = {}): ApiContext['journal'] {
  return {
    list: async () => ({ entries: [entry] }),
    read: async (id) => (id === kept.id ? kept : undefined),
    counts: async () => ({ github: { handled: 7, failed: 1 } }),
    activity: async () => ({}),
    ...changes,
  };
}

/** As {@link startHarness}, until the end of the test that calls it. */
export async function startForTest(...args: Parameters<typeof startHarness>): Promise<Harness> {
  const harness = await startHarness(...args);
  onTestFinished(() => harness.api.close());
  return harness;
}

/**
 * The API over a journal with one entry and queues of fixed depths.
 *
 * @param port @default any
 */
export async function startHarness(changes: Partial<ApiContext> = {}, port = 0): Promise<Harness> {
  const filters: unknown[] = [];
  const redriven: unknown[] = [];
  const purged: unknown[] = [];
  const replayed: string[] = [];
  const depths: Record<string, { visible: number; inFlight: number; delayed: number }> = {
    'acme-webhooks-github': { visible: 3, inFlight: 2, delayed: 1 },
    'acme-webhooks-github-dlq': { visible: 4, inFlight: 1, delayed: 0 },
  };
  const context: ApiContext = {
    plan,
    catalogue,
    gatewayUrl: 'http://127.0.0.1:8080',
    queues: {
      queue: (name: string) => ({
        depth: async () => depths[name] ?? { visible: 0, inFlight: 0, delayed: 0 },
        list: async () => ({ messages: name === 'acme-webhooks-github' ? [{ sentAt: entry.receivedAt }] : [] }),
      }),
    } as unknown as ApiContext['queues'],
    journal: fakeJournal({
      list: async (filter) => {
        filters.push(filter);
        return { entries: [entry] };
      },
    }),
    events: createEventHub(),
    redrive: async (source, selection) => {
      redriven.push({ source: source.id, ...selection });
      return { moved: 1, skipped: {}, notSelected: 0, newer: 0, failed: 0 };
    },
    purge: async (source, selection) => {
      purged.push({ source: source.id, ...selection });
      return { deleted: 1, notSelected: 0, newer: 0, failed: 0, asOf: '2026-01-02T03:04:05.006Z' };
    },
    replay: async (_source, kept) => {
      replayed.push(kept.id);
      return { messageId: 'message-2' };
    },
    explain: async () => ({ steps: [], findings: [] }),
    loadGuide,
    async senderOf(source) {
      const url = `http://127.0.0.1:8080${source.route.path}`;
      return { ...(await senderOf({ source, provider: catalogue.get(source.provider)!, secrets, url })), now: 0 };
    },
    pausedSince: (source) => (source === 'zendesk' ? Date.UTC(2026, 0, 2, 3) : undefined),
    setPaused: async () => undefined,
    metrics: { contentType: 'text/plain', text: async () => '' },
    clock: () => Date.UTC(2026, 0, 2, 4),
    ...changes,
  };
  const api = await startApi({ ...context, port, log: createLogFake() });
  const ask: Harness['ask'] = (path, { method = 'GET', headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port: api.port, path, method, headers, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const type = response.headers['content-type'];
          const json: unknown = text === '' ? undefined : JSON.parse(text);
          resolve({ status: response.statusCode ?? 0, type, json, headers: response.headers });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  return { api, filters, redriven, purged, replayed, ask };
}
