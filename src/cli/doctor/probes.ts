import { gzipSync } from 'node:zlib';
import { doctorHeader, doctorParameter } from '../../plan/doctor.ts';
import type { Probe } from './probe.ts';

const value = 'sha256=0123456789abcdef';
const whole = 'kept whole';
const asBase64 = 'kept, body as base64';
const json = Buffer.from('{"text":"Grüße 🎉","escaped":"\\u0000\\n"}');

/** Where nothing else is said: a JSON body to the plain route with one header, kept whole. */
function probe(id: string, question: string, changes: Partial<Probe> = {}): Probe {
  return {
    id,
    question,
    route: 'plain',
    headers: { 'content-type': 'application/json', [doctorHeader]: value },
    body: json,
    mapped: [doctorHeader, value],
    assumed: [whole],
    honest: true,
    ...changes,
  };
}

function withHeader(header: string | readonly string[], inMessage = String(header)): Partial<Probe> {
  return {
    headers: { 'content-type': 'application/json', [doctorHeader]: header },
    mapped: [doctorHeader, inMessage],
  };
}

function ofType(contentType: string | undefined, body: Buffer): Partial<Probe> {
  const headers = { [doctorHeader]: value, ...(contentType !== undefined && { 'content-type': contentType }) };
  // The consumer tries the body as it is, and then what its base64 means.
  return { headers, body, assumed: [whole, asBase64] };
}

/** `escaped` as it stands in the URL; raw is one of its readings. */
function withParameter(escaped: string, decoded: string): Partial<Probe> {
  return {
    route: 'query',
    pathSuffix: `?${doctorParameter}=${escaped}`,
    headers: { 'content-type': 'application/json' },
    mapped: [doctorParameter, decoded, escaped],
    assumed: [whole, becomes(escaped)],
  };
}

const becomes = (text: string) => `kept, ${doctorParameter} became ${JSON.stringify(text)}`;

/** No provider sends it; it may be refused, but not taken and changed. */
const odd = { honest: false } as const;
const unreadable = ['refused: 4', 'refused: 5', 'kept, but unreadable'];

/** One for each thing that AWS's documentation leaves open and that Hookport depends on. */
export const probes: readonly Probe[] = [
  probe('json', 'JSON, and line feeds between the headers in one attribute'),
  probe('absent-header', 'a mapped header is absent', {
    headers: { 'content-type': 'application/json' },
    mapped: [doctorHeader, ''],
  }),
  probe('empty-header', 'a mapped header is empty', withHeader('')),
  probe('repeated-header', 'a mapped header comes twice', withHeader(['one', 'two'], 'one,two')),
  probe('quote', '" in a mapped header', { ...withHeader('a"b'), ...odd, assumed: unreadable }),
  probe('backslash', '\\ in a mapped header', { ...withHeader('a\\d'), ...odd, assumed: unreadable }),
  probe('injection', 'attributes in a mapped header', {
    ...withHeader('x"},"Injected":{"DataType":"String","StringValue":"x'),
    ...odd,
    assumed: unreadable,
  }),
  probe('form', 'a form', ofType('application/x-www-form-urlencoded', Buffer.from('payload=%7B%22a%22%3A1%7D&b=+c'))),
  probe('cloudevents', 'application/cloudevents+json', ofType('application/cloudevents+json', json)),
  probe('octets', 'text as application/octet-stream', ofType('application/octet-stream', json)),
  probe('no-type', 'no content type', ofType(undefined, json)),
  probe('large', 'as large as a source’s queue takes (1 MiB less 8 KiB)', { body: Buffer.alloc(1_040_384, 'a') }),
  probe('too-large', 'a body above 1 MiB', {
    ...odd,
    body: Buffer.alloc(1_100_000, 'a'),
    assumed: ['refused: 400 InvalidParameterValue'],
  }),
  probe('empty', 'an empty body', { ...odd, body: Buffer.alloc(0), assumed: ['refused: 400 MissingParameter'] }),
  probe('nul', 'a NUL in the body', {
    ...odd,
    body: Buffer.from('{"a":"\u0000"}'),
    assumed: ['refused: 400 InvalidMessageContents'],
  }),
  probe('not-utf8', 'a body that is not UTF-8', {
    ...odd,
    body: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]),
    assumed: ['refused: 400 InvalidMessageContents'],
  }),
  probe('gzip', 'a gzip body', {
    ...odd,
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', [doctorHeader]: value },
    body: gzipSync(json),
    assumed: ['refused: 400 InvalidMessageContents'],
  }),
  probe('authorization', 'authorization as a mapped header', {
    route: 'authorization',
    headers: { 'content-type': 'application/json', authorization: 'Basic ZG9jdG9yOnByb2Jl' },
    mapped: ['authorization', 'Basic ZG9jdG9yOnByb2Jl'],
  }),
  probe('sns', 'x-amz-sns-message-type as a mapped header', {
    route: 'sns',
    headers: { 'content-type': 'text/plain', 'x-amz-sns-message-type': 'Notification' },
    mapped: ['x-amz-sns-message-type', 'Notification'],
  }),
  probe('query', 'a mapped query parameter', withParameter('Ab-1._2', 'Ab-1._2')),
  probe('query-absent', 'a mapped query parameter is absent', { ...withParameter('', ''), pathSuffix: '' }),
  probe('query-empty', 'a mapped query parameter is empty', withParameter('', '')),
  probe('query-repeated', 'a mapped query parameter comes twice', {
    ...withParameter('one', 'one,two'),
    pathSuffix: `?${doctorParameter}=one&${doctorParameter}=two`,
    mapped: [doctorParameter, 'one,two'],
    assumed: [whole],
  }),
  probe('query-escaped', 'an escaped blank in a query parameter', withParameter('a%20b', 'a b')),
  probe('query-plus', '+ in a query parameter', withParameter('a+b', 'a b')),
  ...Object.entries({
    quote: ['a%22b', 'a"b'],
    backslash: ['a%5Cnforged:%20b', 'a\\nforged: b'],
    'line-feed': ['a%0Aforged:%20b', 'a\nforged: b'],
    injection: [
      'x%22%7D,%22Injected%22:%7B%22DataType%22:%22String%22,%22StringValue%22:%22x',
      'x"},"Injected":{"DataType":"String","StringValue":"x',
    ],
  }).map(([what, [escaped = '', decoded = '']]) =>
    probe(`query-${what}`, `escaped ${what.replace('-', ' ')} in a query parameter`, {
      ...withParameter(escaped, decoded),
      ...odd,
      assumed: [...unreadable, becomes(escaped)],
    }),
  ),
  probe('head', 'HEAD', { ...odd, method: 'HEAD', body: Buffer.alloc(0), assumed: ['refused: 404'] }),
  probe('slash', 'a slash behind the path', { ...odd, pathSuffix: '/', assumed: ['refused: 404'] }),
];
