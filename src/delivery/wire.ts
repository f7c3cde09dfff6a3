import type { Provider } from '../catalogue/provider.ts';
import type { MessageAttribute, MessageAttributes } from '../queue/queue.ts';
import { type Body, toBody } from '../signature/text.ts';
import type { Outcome } from './outcome.ts';

/**
 * How an HTTP request becomes a queue message, and back: both directions stand here, for AWS and for the local gateway
 * alike. Version 1 maps the whole body to MessageBody and everything else to four message attributes.
 *
 * Why it looks so: an SQS attribute must not be empty, so all headers share one, as HTTP field lines (a header value
 * cannot hold a line feed); a quote in a header might inject attributes, so the arrival context stands first and last
 * and must agree whichever duplicate a JSON parser keeps; API Gateway refuses a mapping without any variable.
 */
const wireVersion = '1';

const context = '${context.requestId} ${context.requestTimeEpoch} ${context.identity.sourceIp}';

/** The `RequestParameters` of the SQS-SendMessage integration but for QueueUrl. */
export function requestParameters(provider: Pick<Provider, 'headers'>): {
  MessageBody: string;
  MessageAttributes: string;
} {
  const lines = Object.entries(provider.headers)
    .filter(([, presence]) => presence === 'always')
    .map(([name]) => `${name}: \${request.header.${name}}\n`);
  const attribute = (value: string) => ({ DataType: 'String', StringValue: value });
  return {
    MessageBody: '$request.body',
    MessageAttributes: JSON.stringify({
      ContextHead: attribute(context),
      Headers: attribute(lines.length === 0 ? '\n' : lines.join('')),
      Wire: attribute(wireVersion),
      ContextTail: attribute(context),
    }),
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
  const { requestId, receivedAt, sourceIp, headers, body } = request;
  const arrival = `${requestId} ${receivedAt} ${sourceIp}`;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`);
  const attribute = (stringValue: string): MessageAttribute => ({ dataType: 'String', stringValue });
  return {
    body,
    attributes: {
      ContextHead: attribute(arrival),
      Headers: attribute(lines.length === 0 ? '\n' : lines.join('')),
      Wire: attribute(wireVersion),
      ContextTail: attribute(arrival),
    },
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
  if (version !== wireVersion) return refuse('unknown_wire_version', `this version reads wire version ${wireVersion}`);
  const head = text(message.attributes['ContextHead']);
  const tail = text(message.attributes['ContextTail']);
  const fields = text(message.attributes['Headers']);
  if (head === undefined || tail === undefined || fields === undefined)
    return refuse('malformed_message', 'one of the attributes ContextHead, Headers and ContextTail is missing');
  if (head !== tail) return refuse('context_mismatch', 'ContextHead and ContextTail differ');
  const unexpected = Object.keys(message.attributes).filter((name) => !isOurs(name));
  if (unexpected.length > 0)
    return refuse('malformed_message', `${unexpected.length} attribute(s) that the endpoint does not write`);
  const arrival = /^(\S{1,128}) (\d{1,15}) (\S{1,64})$/.exec(head);
  if (!arrival) return refuse('malformed_message', 'ContextHead is not "requestId epochMs sourceIp"');
  const [, requestId = '', epochMs = '', sourceIp = ''] = arrival;
  const receivedAt = Number(epochMs);
  if (receivedAt > sentAt + clockSkewMs)
    return refuse('malformed_message', 'the arrival that ContextHead claims is later than the message itself');
  const headers = parseFieldLines(fields);
  if (!headers) return refuse('malformed_message', 'Headers does not consist of "name: value" lines');
  return { ok: true, request: { requestId, receivedAt, sourceIp, headers, body: toBody(message.body) } };
}

/** The attribute that tells why a message rests in a dead-letter queue. JSON, at most 2 KiB. */
export const outcomeAttribute = 'HookportOutcome';

/** What the endpoint writes. */
export const endpointAttributes: ReadonlySet<string> = new Set(['ContextHead', 'Headers', 'Wire', 'ContextTail']);

function isOurs(name: string): boolean {
  return endpointAttributes.has(name) || name.startsWith('Hookport');
}

function text(attribute: MessageAttribute | undefined): string | undefined {
  return attribute?.dataType === 'String' ? attribute.stringValue : undefined;
}

function refuse(reason: Rejected['reason'], detail: string): { ok: false; outcome: Rejected } {
  return { ok: false, outcome: { kind: 'rejected', reason, detail } };
}

const fieldName = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;

function parseFieldLines(fields: string): Record<string, string> | undefined {
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const line of fields.split('\n')) {
    if (line === '') continue;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0));
    if (!fieldName.test(name) || name in headers) return undefined;
    const value = line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (value !== '') headers[name] = value;
  }
  return headers;
}
