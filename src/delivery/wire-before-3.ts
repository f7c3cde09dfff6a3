import type { MessageAttributes } from '../queue/queue.ts';
import { toBody } from '../signature/text.ts';
import { clockSkewMs, type Decoded, notDecoded, textOf } from './arrived-request.ts';
import { addParameter, fieldAt, type Fields, type Listed } from './field-lines.ts';

/**
 * What a deploy wrote before version 3: it may wait or rest in a queue for 14 days. Version 1 has the headers in one attribute between
 * two of the arrival context, the first and the last, which must agree; version 2 has query parameters beside them, between two
 * request ids.
 */
type WireVersion = '1' | '2';

/** Reads a message of version 1 or 2. @param listed What the provider lists. @default all is kept */
export function decodeBefore3(
  message: { body: string; attributes: MessageAttributes },
  sentAt: number,
  listed?: Listed,
): Decoded {
  const version = textOf(message.attributes['Wire']);
  if (version === undefined) return notDecoded('malformed_message', 'the attribute Wire is missing');
  if (version !== '1' && version !== '2')
    return notDecoded('unknown_wire_version', 'this version reads the wire versions 1 and 2');
  const head = textOf(message.attributes['ContextHead']);
  const tail = textOf(message.attributes['ContextTail']);
  const fields = textOf(message.attributes['Headers']);
  if (head === undefined || tail === undefined || fields === undefined)
    return notDecoded('malformed_message', 'one of the attributes ContextHead, Headers and ContextTail is missing');
  if (head !== tail) return notDecoded('context_mismatch', 'ContextHead and ContextTail differ');
  let unexpected = 0;
  for (const name in message.attributes) if (!isOurs(name, version)) unexpected += 1;
  if (unexpected > 0)
    return notDecoded('malformed_message', `${unexpected} attribute(s) that the endpoint does not write`);
  const arrival = /^(\S{1,128}) (\d{1,15}) (\S{1,64})$/.exec(head);
  if (!arrival) return notDecoded('malformed_message', 'ContextHead is not "requestId epochMs sourceIp"');
  const [, arrivedAs = '', epochMs = '', sourceIp = ''] = arrival;
  const receivedAt = Number(epochMs);
  if (receivedAt > sentAt + clockSkewMs)
    return notDecoded('malformed_message', 'the arrival that ContextHead claims is later than the message itself');
  const lines: Fields = { headers: {} };
  if (!parseFieldLines(lines, fields, listed))
    return notDecoded('malformed_message', 'Headers does not consist of "name: value" lines');
  if (version === '1' || parseParameterLines(lines, textOf(message.attributes['Query']) ?? '', arrivedAs, listed))
    return { ok: true, request: { requestId: arrivedAs, receivedAt, sourceIp, ...lines, body: toBody(message.body) } };
  return notDecoded(
    'malformed_message',
    'Query is missing, or a query parameter holds a line feed, a backslash or a quote',
  );
}

export const attributesBefore3: readonly string[] = ['ContextHead', 'Headers', 'Query', 'Wire', 'ContextTail'];

function isOurs(name: string, version: WireVersion): boolean {
  if (name === 'Query') return version === '2';
  return attributesBefore3.includes(name) || name.startsWith('Hookport');
}

/** Line by line without a list of them. @returns false unless all are as the endpoint writes them */
function parseFieldLines(into: Fields, fields: string, listed: Listed | undefined): boolean {
  const { headers } = into;
  let end: number;
  let line = 0;
  for (let start = 0; start < fields.length; start = end + 1) {
    const lineFeed = fields.indexOf('\n', start);
    end = lineFeed === -1 ? fields.length : lineFeed;
    if (end === start) continue;
    const field = fieldAt(fields, start, end, line++);
    if (field === undefined || Object.hasOwn(headers, field.name)) return false;
    if (listed && !Object.hasOwn(listed.headers, field.name)) into.foreign = true;
    else if (field.value !== '') headers[field.name] = field.value;
  }
  return true;
}

/** @returns false unless it is as the endpoint writes it: see above */
function parseParameterLines(into: Fields, text: string, requestId: string, listed: Listed | undefined): boolean {
  const [head = '', ...rest] = text.split('\n');
  const count = /^(\S+) ([1-9]\d{0,3})$/.exec(head);
  const lines = rest.slice(0, -1);
  if (count?.[1] !== requestId || rest.at(-1) !== requestId || lines.length !== Number(count[2])) return false;
  return lines.every((line) => addParameter(into, line, listed));
}
