import type { Sample } from '../../catalogue/provider.ts';
import { providerOf } from '../../catalogue/registry.ts';
import { HookportError } from '../../errors.ts';
import type { SourcePlan } from '../../plan/plan.ts';
import { freshRequest } from '../../sending/fresh-request.ts';
import { describeExpectation, type HostileMode } from '../../sending/hostile/mode.ts';
import { type HostileModeName, hostileModes } from '../../sending/hostile/modes.ts';
import { post } from '../../sending/post.ts';
import { samplesOf } from '../../sending/samples.ts';
import type { Sender } from '../../sending/sender.ts';
import { type OutgoingRequest, signRequest } from '../../sending/sign-request.ts';
import { ApiError } from './api-error.ts';
import type { ApiContext } from './context.ts';
import { findSource } from './sources.ts';

/** `GET /api/sources/<id>/samples`: the events that the provider has samples of; a sample is named by its place here. */
export async function listSamples(
  context: ApiContext,
  source: SourcePlan,
): Promise<{ event: string; bytes: number }[]> {
  const samples = await readSamples(context, source);
  return samples.map(({ event, body }) => ({ event, bytes: Buffer.byteLength(body) }));
}

/** `GET /api/sources/<id>/samples/<place>`, not signed yet, under ids of its own. @throws ApiError 404 */
export async function showSample(context: ApiContext, source: SourcePlan, place: string): Promise<Sample> {
  const sample = /^\d{1,6}$/.test(place) ? (await readSamples(context, source))[Number(place)] : undefined;
  if (!sample) throw new ApiError(404, 'the provider has no such sample');
  const sent = { url: urlOf(context, source), now: context.clock() };
  const { headers, query, body } = freshRequest(providerOf(source, context), sample, sent);
  return { event: sample.event, headers, query, body: Buffer.from(body).toString() };
}

function readSamples(context: ApiContext, source: SourcePlan): Promise<readonly Sample[]> {
  const provider = providerOf(source, context);
  return context.loadGuide(provider.id).then((guide) => samplesOf(provider, guide, source.verify));
}

/** What was posted and what the endpoint answered. */
export interface SentRequest {
  /** What is wrong with it; null for a genuine one. */
  what: string | null;
  /** What must become of it. */
  expected: string;
  /** 0 when nothing answered. */
  status: number;
  milliseconds: number;
  /** Null unless it was kept: `GET /api/deliveries?id=…` then tells what became of it. */
  messageId: string | null;
  /** Why it was not kept. */
  why: string | null;
}

/**
 * `POST /api/send` `{source, headers, query?, body, mode?}`: signs with the source's secret, as the provider would, and posts to
 * the gateway; `mode` is one of the hostile ways of `hookport send`.
 *
 * @throws ApiError 400, 404 or 409
 */
export async function sendRequest(
  context: ApiContext,
  { source: id, headers, query = {}, body, mode }: Readonly<Record<string, unknown>>,
): Promise<SentRequest[]> {
  const source = findSource(context, id);
  if (typeof body !== 'string') throw new ApiError(400, 'body must be text');
  if (!isFields(headers) || !Object.values(headers).every(isHeaderValue))
    throw new ApiError(400, 'headers must be an object of texts that an HTTP header can hold');
  if (!isFields(query)) throw new ApiError(400, 'query must be an object of texts of one line');
  if (mode !== undefined && (typeof mode !== 'string' || !Object.hasOwn(hostileModes, mode)))
    throw new ApiError(400, `mode must be one of ${Object.keys(hostileModes).join(', ')}`);
  const url = `${context.gatewayUrl}${source.route.path}`;
  const requests = await makeRequests(context, source, { event: '', headers, query, body }, mode as HostileModeName);
  const sent: SentRequest[] = [];
  for (const { what, expected, ...request } of requests) {
    const { messageId = null, why = null, status, milliseconds } = await post(url, request);
    sent.push({ what, expected, status, milliseconds, messageId, why });
  }
  return sent;
}

interface MadeRequest extends OutgoingRequest {
  what: string | null;
  expected: string;
}

async function makeRequests(
  context: ApiContext,
  source: SourcePlan,
  sample: Sample,
  modeName: HostileModeName | undefined,
): Promise<MadeRequest[]> {
  try {
    const sender: Sender = await context.senderOf(source);
    if (modeName === undefined) {
      const { scheme, secret, url, now } = sender;
      const { headers, query = {} } = sample;
      const request = { headers, query, body: Buffer.from(sample.body), timestamp: now, url, method: 'POST' };
      const signed = await signRequest(scheme, request, secret);
      return [{ what: null, expected: describeExpectation({ kind: 'taken' }), ...signed }];
    }
    const mode: HostileMode = hostileModes[modeName];
    const inapplicable = mode.inapplicable?.(sender);
    if (inapplicable !== undefined) throw new ApiError(409, `it does not apply: ${inapplicable}`);
    return (await mode.make(sender, sample)).map(({ what, expected, headers, query, body }) => ({
      what,
      expected: describeExpectation(expected),
      headers,
      query,
      body,
    }));
  } catch (error) {
    if (error instanceof HookportError && error.code !== 'internal') throw new ApiError(409, error.message);
    throw error;
  }
}

function urlOf({ gatewayUrl }: ApiContext, { publicUrl, route }: SourcePlan): string {
  return publicUrl ?? `${gatewayUrl}${route.path}`;
}

/** What fetch takes for one: https://www.rfc-editor.org/rfc/rfc9110#name-field-values */
function isHeaderValue(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text);
}

function isFields(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(
    ([name, text]) => /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name) && typeof text === 'string' && !/[\r\n\0]/.test(text),
  );
}
