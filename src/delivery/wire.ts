import type { Provider } from '../catalogue/provider.ts';
import type { MessageAttributes } from '../queue/queue.ts';
import { toBody } from '../signature/text.ts';
import { type ArrivedRequest, clockSkewMs, type Decoded, notDecoded, textOf } from './arrived-request.ts';
import { type Listed, parseLines } from './field-lines.ts';
import { labelOf } from './header-labels.ts';
import { attributesBefore3, decodeBefore3 } from './wire-before-3.ts';

/**
 * How an HTTP request becomes a queue message, and back: both directions stand here, for AWS and for the local gateway
 * alike. Version 3 maps the whole body to MessageBody, and everything else to two message attributes. `Request` has a line with the
 * version, the request id, the time, the address and how many lines of either kind follow; a line for each header; and a line for each
 * query parameter, behind a question mark. `Id` has the request id again.
 *
 * Why it looks so: API Gateway takes a mapping of 512 characters. An SQS attribute must not be empty, so all headers share one, in
 * lines (a header value cannot hold a line feed). A quote in a value might end the attribute, or put another in its place: then
 * the ids differ whichever of two a JSON parser keeps, for no sender knows the request's beforehand. A query parameter may hold
 * what a header cannot, an escaped line feed or a backslash that takes the escape of the line feed behind it: then there are not as
 * many lines as there should be, or one has a backslash. Where there are parameters, the id stands behind them too, for one that
 * ends the attribute itself.
 */
const version = '3';

const [requestAttribute, idAttribute] = ['Request', 'Id'];

/**
 * Characters of a value in `RequestParameters`.
 * https://docs.aws.amazon.com/cli/latest/reference/apigatewayv2/create-integration.html
 */
export const maxMappingLength = 512;

const requestId = '${context.requestId}';

/**
 * The `RequestParameters` of the SQS-SendMessage integration but for QueueUrl. Where {@link maxMappingLength} is too little for the
 * names of the headers, they are cut: see {@link labelOf}.
 */
export function requestParameters(provider: Pick<Provider, 'headers' | 'query'>): {
  MessageBody: string;
  MessageAttributes: string;
} {
  const always = (list: Provider['headers']) => Object.keys(list).filter((name) => list[name] === 'always');
  const names = Object.keys(provider.headers);
  const query = always(provider.query ?? {}).map((name): Field => [name, `\${request.querystring.${name}}`]);
  const mapping = (label: (name: string) => string) => {
    const headers = always(provider.headers).map((name): Field => [label(name), `\${request.header.${name}}`]);
    const arrival = `${requestId} \${context.requestTimeEpoch} \${context.identity.sourceIp}`;
    const texts = attributeTexts({ requestId, arrival, headers, query });
    return JSON.stringify(
      Object.fromEntries(
        Object.entries(texts).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
      ),
    );
  };
  const inFull = mapping((name) => name);
  return {
    MessageBody: '$request.body',
    MessageAttributes: inFull.length <= maxMappingLength ? inFull : mapping((name) => labelOf(name, names)),
  };
}

type Field = readonly [name: string, value: string];

/** The attributes in their order, which matters. */
function attributeTexts(of: {
  requestId: string;
  arrival: string;
  headers: readonly Field[];
  query: readonly Field[];
}): Record<string, string> {
  const lines = [
    ...of.headers.map(([name, value]) => `${name}: ${value}\n`),
    ...of.query.map(([name, value]) => `?${name}: ${value}\n`),
  ];
  const end = of.query.length > 0 ? of.requestId : '';
  return {
    [requestAttribute]: `${version} ${of.arrival} ${of.headers.length} ${of.query.length}\n${lines.join('')}${end}`,
    [idAttribute]: of.requestId,
  };
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
    arrival: `${request.requestId} ${receivedAt} ${sourceIp}`,
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

/**
 * Reads a message that {@link requestParameters} made, of this version or one before. Whoever can send to the queue can
 * write anything into it, so whatever does not fit is refused with a reason and never thrown.
 *
 * @param sentAt SQS's SentTimestamp in epoch milliseconds; the arrival it claims must not be later.
 * @param provider Whose names may have been cut, and who lists what is kept. @default none was, and all is kept
 */
export function decodeMessage(
  message: { body: string; attributes: MessageAttributes },
  sentAt: number,
  provider?: Listed,
): Decoded {
  const attribute = message.attributes[requestAttribute];
  if (attribute === undefined) return decodeBefore3(message, sentAt, provider);
  const text = textOf(attribute) ?? '';
  if (/^\d{1,4} /.test(text) && !text.startsWith(`${version} `))
    return notDecoded('unknown_wire_version', 'this version reads the wire versions 1 to 3');
  const [head, arrivedAs = '', epochMs = '', sourceIp = '', headers = '', query = ''] = firstLine.exec(text) ?? [];
  if (head === undefined)
    return notDecoded(
      'malformed_message',
      'Request does not begin with "3 requestId epochMs sourceIp headers parameters"',
    );
  if (textOf(message.attributes[idAttribute]) !== arrivedAs)
    return notDecoded('context_mismatch', 'Request and Id have not the same request id');
  const foreign = countForeign(message.attributes);
  if (foreign > 0) return notDecoded('malformed_message', `${foreign} attribute(s) that the endpoint does not write`);
  const receivedAt = Number(epochMs);
  if (receivedAt > sentAt + clockSkewMs)
    return notDecoded('malformed_message', 'the arrival that Request claims is later than the message itself');
  const counts = { headers: Number(headers), query: Number(query) };
  const lines = parseLines(text.slice(head.length), counts, { id: arrivedAs, listed: provider });
  if (!lines)
    return notDecoded(
      'malformed_message',
      'Request does not hold its lines, "name: value", or a query parameter holds a line feed, a backslash or a quote',
    );
  return {
    ok: true,
    request: { requestId: arrivedAs, receivedAt, sourceIp, ...lines, body: toBody(message.body) },
  };
}

const firstLine = /^3 (\S{1,128}) (\d{1,15}) (\S{1,64}) (\d{1,3}) (\d{1,3})\n/;

/** The attribute that tells why a message rests in a dead-letter queue. JSON, at most 2 KiB. */
export const outcomeAttribute = 'HookportOutcome';

/** What the endpoint writes, and wrote before version 3. */
export const endpointAttributes: ReadonlySet<string> = new Set([requestAttribute, idAttribute, ...attributesBefore3]);

/** Whether a message was made of the request that API Gateway gave this id. */
export function isOfRequest(attributes: MessageAttributes, id: string): boolean {
  return textOf(attributes[idAttribute]) === id || textOf(attributes[requestAttribute])?.split(' ')[1] === id;
}

function countForeign(attributes: MessageAttributes): number {
  let count = 0;
  for (const name in attributes)
    if (name !== requestAttribute && name !== idAttribute && !name.startsWith('Hookport')) count += 1;
  return count;
}
