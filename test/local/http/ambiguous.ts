/** A request as its parts. */
export interface Parts {
  /** Such as `POST /github HTTP/1.1`. */
  line: string;
  host: string;
  /** Lines that the server wants, each with its end. */
  fields: string;
}

const withBody = ({ line, host, fields }: Parts, framing: string, body: string) =>
  `${line}\r\nhost: ${host}\r\n${fields}${framing}\r\n\r\n${body}`;
const whole = (parts: Parts) => withBody(parts, 'content-length: 2', '{}');

const codings = [
  'xchunked, chunked',
  'gzip, chunked',
  'chunked, identity',
  'chunked, chunked',
  'chunked,',
  'identity',
  'xchunked\r\ntransfer-encoding: chunked',
  'chunked\r\ntransfer-encoding: chunked',
  '\u000bchunked',
  '"chunked"',
  '\r\n chunked',
  'chunked\r\ncontent-length: 12',
];

const lengths = [
  '2\r\ncontent-length: 2',
  '2\r\ncontent-length: 3',
  '2, 2',
  '+2',
  '0x2',
  '2 2',
  '2_0',
  '2.0',
  '-2',
  '',
  '9'.repeat(20),
  '2\r\ntransfer-encoding: chunked',
];

/** Heads that two readers might read in two ways, RFC 9112 lets nobody guess, and the body that the one or the other reads. */
export const ambiguousHeads: Readonly<Record<string, (parts: Parts) => string>> = {
  ...Object.fromEntries(
    codings.map((coding) => [
      `the transfer coding ${JSON.stringify(coding)}`,
      (parts: Parts) => withBody(parts, `transfer-encoding: ${coding}`, '2\r\n{}\r\n0\r\n\r\n'),
    ]),
  ),
  ...Object.fromEntries(
    lengths.map((length) => [
      `the length ${JSON.stringify(length)}`,
      (parts: Parts) => withBody(parts, `content-length: ${length}`, '{}'),
    ]),
  ),
  'chunks in HTTP/1.0': (parts) =>
    withBody(parts, 'connection: keep-alive\r\ntransfer-encoding: chunked', '2\r\n{}\r\n0\r\n\r\n').replace(
      'HTTP/1.1',
      'HTTP/1.0',
    ),
  'no version': (parts) => whole(parts).replace(' HTTP/1.1\r\n', '\n'),
  'HTTP/1.2': (parts) => whole(parts).replace('HTTP/1.1', 'HTTP/1.2'),
  'a bare line feed after the request line': (parts) => whole(parts).replace('\r\n', '\n'),
  'a bare line feed after a header': (parts) => withBody(parts, 'x: 1\ncontent-length: 2', '{}'),
  'a bare line feed at the end of the head': (parts) => whole(parts).replace('\r\n\r\n', '\r\n\n'),
  'bare line feeds alone': (parts) => whole(parts).replaceAll('\r\n', '\n'),
  'a bare carriage return': (parts) => withBody(parts, 'x: 1\rcontent-length: 2', '{}'),
  'a folded header': (parts) => withBody(parts, 'x: 1\r\n content-length: 20\r\ncontent-length: 2', '{}'),
  'a space before a colon': (parts) => withBody(parts, 'content-length : 2', '{}'),
  'a NUL in a header': (parts) => withBody(parts, 'x: \0\r\ncontent-length: 2', '{}'),
  'a second Host': (parts) => withBody(parts, 'host: evil.example\r\ncontent-length: 2', '{}'),
  'a second Host before its own': (parts) => whole({ ...parts, host: `evil.example\r\nhost: ${parts.host}` }),
  'the same Host twice': (parts) => whole({ ...parts, host: `${parts.host}\r\nhost: ${parts.host}` }),
  'no Host': (parts) => whole(parts).replace(/host: .*\r\n/, ''),
  'a space in the target': (parts) => whole(parts).replace(' HTTP', ' x HTTP'),
};

const chunks = [
  '0x2\r\n{}',
  '2 \r\n{}',
  ' 2\r\n{}',
  '2\n{}',
  '2;a\n\r\n{}',
  '2;a\rb\r\n{}',
  '-2\r\n{}',
  '1000000000000000f\r\n{}',
  '1\r\n{}',
  '2\r\n{}\n0\r\n\r\n',
];

/** Good heads with bodies whose end two readers might find at two places. */
export const ambiguousBodies: Readonly<Record<string, (parts: Parts) => string>> = {
  ...Object.fromEntries(
    chunks.map((chunk) => [
      `the chunk ${JSON.stringify(chunk)}`,
      (parts: Parts) => withBody(parts, 'transfer-encoding: chunked', `${chunk}\r\n0\r\n\r\n`),
    ]),
  ),
  'a length in a trailer': (parts) =>
    withBody(parts, 'transfer-encoding: chunked', '2\r\n{}\r\n0\r\ncontent-length: 20\r\n\r\n'),
  'a bare line feed at the end of chunks': (parts) =>
    withBody(parts, 'transfer-encoding: chunked', '2\r\n{}\r\n0\r\n\n'),
};
