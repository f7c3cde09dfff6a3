import type { Provider } from '../catalogue/provider.ts';
import type { MessageAttribute, MessageAttributes } from '../queue/queue.ts';
import type { QueryParameters } from '../signature/query.ts';
import { type Body, toBody } from '../signature/text.ts';
import type { Outcome } from './outcome.ts';

/**
 * How an HTTP request becomes a queue message, and back: both directions stand here, for AWS and for the local gateway
 * alike. Version 1 maps the whole body to MessageBody and everything else to four message attributes; version 2, for
 * providers with query parameters, has a fifth for these.
 *
 * Why it looks so: an SQS attribute must not be empty, so all headers share one, as HTTP field lines (a header value
 * cannot hold a line feed); a quote in a header might inject attributes, so the arrival context stands first and last
 * and must agree whichever duplicate a JSON parser keeps; API Gateway refuses a mapping without any variable.
 *
 * A query parameter may hold what a header cannot: an escaped line feed, quote or backslash. So parameters have an attribute
 * of their own, between two request ids, which no sender knows beforehand, and its first line says how many follow. More
 * lines than that: a value has a line feed in it. Fewer, or a backslash: one has taken the escape of the line feed behind it.
 * No id at its end: one has ended the attribute. Each of these is refused.
 */
type WireVersion = '1' | '2';

const requestId = '${context.requestId}';
const context = `${requestId} \${context.requestTimeEpoch} \${context.identity.sourceIp}`;

/** The `RequestParameters` of the SQS-SendMessage integration but for QueueUrl. */
export function requestParameters(provider: Pick<Provider, 'headers' | 'query'>): {
  MessageBody: string;
  MessageAttributes: string;
} {
  const always = (list: Provider['headers']) => Object.keys(list).filter((name) => list[name] === 'always');
  const headers = always(provider.headers).map((name): Field => [name, `\${request.header.${name}}`]);
  const query = always(provider.query ?? {}).map((name): Field => [name, `\${request.querystring.${name}}`]);
  const attributes = Object.entries(attributeTexts({ requestId, context, headers, query }));
  return {
    MessageBody: '$request.body',
    MessageAttributes: JSON.stringify(
      Object.fromEntries(attributes.map(([name, value]) => [name, { DataType: 'String', StringValue: value }])),
    ),
  };
}

type Field = readonly [name: string, value: string];

/** The attributes in their order, which matters. */
function attributeTexts(of: {
  requestId: string;
  context: string;
  headers: readonly Field[];
  query: readonly Field[];
}): Record<string, string> {
  const lines = (fields: readonly Field[]) => fields.map(([name, value]) => `${name}: ${value}\n`).join('');
  const version: WireVersion = of.query.length === 0 ? '1' : '2';
  return {
    ContextHead: of.context,
    Headers: of.headers.length === 0 ? '\n' : lines(of.headers),
    ...(version === '2' && { Query: `${of.requestId} ${of.query.length}\n${lines(of.query)}${of.requestId}` }),
    Wire: version,
    ContextTail: of.context,
  };
}

/** A request as it arrived at the endpoint, taken out of its queue message. Nothing in it is verified yet. */
export interface ArrivedRequest {
  /** API Gateway's request id: the same across retries and redrives of this message. */
  requestId: string;
  /** Epoch milliseconds at the endpoint. */
  receivedAt: number;
  sourceIp: string;
  /** By lower-case name; a header that was absent or empty is not in it. */
  headers: Readonly<Record<string, string>>;
  /**
   * By case-sensitive name, percent-decoded or not; one that was absent or empty is not in it. Undefined where the
   * mapping has no query parameters.
   */
  query?: QueryParameters | undefined;
  body: Body;
}

/**
 * Writes the message that {@link requestParameters} would have made of the request: what {@link decodeMessage} reads as
 * it was.
 */
export function encodeMessage(request: Omit<ArrivedRequest, 'body'> & { body: string }): {
  body: string;
  attributes: MessageAttributes;
} {
  const { receivedAt, sourceIp, headers, query = {}, body } = request;
  const texts = attributeTexts({
    requestId: request.requestId,
    context: `${request.requestId} ${receivedAt} ${sourceIp}`,
    headers: Object.entries(headers),
    query: Object.entries(query),
  });
  return {
    body,
    attributes: Object.fromEntries(
      Object.entries(texts).map(([name, stringValue]) => [name, { dataType: 'String', stringValue }]),
    ),
  };
}

type Rejected = Extract<Outcome, { kind: 'rejected' }>;

/** How far the endpoint's clock may run ahead of the queue's. */
const clockSkewMs = 5 * 60_000;

/**
 * Reads a message that {@link requestParameters} made. Whoever can send to the queue can write anything into it, so
 * whatever does not fit is refused with a reason and never thrown.
 *
 * @param sentAt SQS's SentTimestamp in epoch milliseconds; the arrival it claims must not be later.
 */
export function decodeMessage(
  message: { body: string; attributes: MessageAttributes },
  sentAt: number,
): { ok: true; request: ArrivedRequest } | { ok: false; outcome: Rejected } {
  const version = text(message.attributes['Wire']);
  if (version === undefined) return refuse('malformed_message', 'the attribute Wire is missing');
  if (version !== '1' && version !== '2')
    return refuse('unknown_wire_version', 'this version reads the wire versions 1 and 2');
  const head = text(message.attributes['ContextHead']);
  const tail = text(message.attributes['ContextTail']);
  const fields = text(message.attributes['Headers']);
  if (head === undefined || tail === undefined || fields === undefined)
    return refuse('malformed_message', 'one of the attributes ContextHead, Headers and ContextTail is missing');
  if (head !== tail) return refuse('context_mismatch', 'ContextHead and ContextTail differ');
  let unexpected = 0;
  for (const name in message.attributes) if (!isOurs(name, version)) unexpected += 1;
  if (unexpected > 0) return refuse('malformed_message', `${unexpected} attribute(s) that the endpoint does not write`);
  const arrival = /^(\S{1,128}) (\d{1,15}) (\S{1,64})$/.exec(head);
  if (!arrival) return refuse('malformed_message', 'ContextHead is not "requestId epochMs sourceIp"');
  const [, arrivedAs = '', epochMs = '', sourceIp = ''] = arrival;
  const receivedAt = Number(epochMs);
  if (receivedAt > sentAt + clockSkewMs)
    return refuse('malformed_message', 'the arrival that ContextHead claims is later than the message itself');
  const headers = parseFieldLines(fields);
  if (!headers) return refuse('malformed_message', 'Headers does not consist of "name: value" lines');
  const request = { requestId: arrivedAs, receivedAt, sourceIp, headers, body: toBody(message.body) };
  if (version === '1') return { ok: true, request };
  const query = parseParameterLines(text(message.attributes['Query']) ?? '', arrivedAs);
  if (query) return { ok: true, request: { ...request, query } };
  return refuse(
    'malformed_message',
    'Query is missing, or a query parameter holds a line feed, a backslash or a quote',
  );
}

/** The attribute that tells why a message rests in a dead-letter queue. JSON, at most 2 KiB. */
export const outcomeAttribute = 'HookportOutcome';

/** What the endpoint writes. */
export const endpointAttributes: ReadonlySet<string> = new Set([
  'ContextHead',
  'Headers',
  'Query',
  'Wire',
  'ContextTail',
]);

function isOurs(name: string, version: WireVersion): boolean {
  if (name === 'Query') return version === '2';
  return endpointAttributes.has(name) || name.startsWith('Hookport');
}

function text(attribute: MessageAttribute | undefined): string | undefined {
  return attribute?.dataType === 'String' ? attribute.stringValue : undefined;
}

function refuse(reason: Rejected['reason'], detail: string): { ok: false; outcome: Rejected } {
  return { ok: false, outcome: { kind: 'rejected', reason, detail } };
}

/** Line by line without a list of them, and into an ordinary object: one without a prototype is slow to read. */
function parseFieldLines(fields: string): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  let end: number;
  let line = 0;
  for (let start = 0; start < fields.length; start = end + 1) {
    const lineFeed = fields.indexOf('\n', start);
    end = lineFeed === -1 ? fields.length : lineFeed;
    if (end === start) continue;
    const name = fieldNameAt(fields, start, line++);
    if (name === undefined || Object.hasOwn(headers, name)) return undefined;
    const colon = start + name.length;
    const value = fields.slice(fields[colon + 1] === ' ' ? colon + 2 : colon + 1, end);
    if (value !== '') headers[name] = value;
  }
  return headers;
}

const fieldName = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;

/** The names that stood in these lines last. A source has the same each time, and comparing costs less than checking. */
const lastNames: string[] = [];
const maxLastNames = 32;

function fieldNameAt(fields: string, start: number, line: number): string | undefined {
  const last = lastNames[line];
  if (last !== undefined && fields[start + last.length] === ':' && fields.startsWith(last, start)) return last;
  const name = fields.slice(start, Math.max(start, fields.indexOf(':', start)));
  // Assigning to __proto__ would set no header; no provider has one of that name.
  if (!fieldName.test(name) || name === '__proto__') return undefined;
  if (line < maxLastNames) lastNames[line] = name;
  return name;
}

const parameterName = /^[A-Za-z0-9_-]+$/;

/** Undefined unless it is as the endpoint writes it: see {@link WireVersion}. */
function parseParameterLines(text: string, requestId: string): Record<string, string> | undefined {
  const [head = '', ...rest] = text.split('\n');
  const count = /^(\S+) ([1-9]\d{0,3})$/.exec(head);
  const lines = rest.slice(0, -1);
  if (count?.[1] !== requestId || rest.at(-1) !== requestId || lines.length !== Number(count[2])) return undefined;
  const query: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const line of lines) {
    const separator = line.indexOf(': ');
    const name = line.slice(0, Math.max(separator, 0));
    if (!parameterName.test(name) || name in query || line.includes('\\')) return undefined;
    const value = line.slice(separator + 2);
    if (value !== '') query[name] = value;
  }
  return query;
}
