import type { Random } from '../random.ts';

/** What readers of HTTP disagree about. */
const spells: readonly string[] = [
  '\r\n',
  '\n',
  '\r',
  '\r\n\r\n',
  '\0',
  ' ',
  '\t',
  ':',
  '\r\n ',
  '\r\nTransfer-Encoding: chunked',
  '\r\nTransfer-Encoding: chunked, identity',
  '\r\nTransfer-Encoding : chunked',
  '\r\nTransfer-Encoding:\x0bchunked',
  '\r\nTransfer-Encoding: xchunked',
  '\r\nTransfer-Encoding: gzip, chunked',
  '\r\nContent-Length: 0',
  '\r\nContent-Length: 5',
  '\r\nContent-Length: +5',
  '\r\nContent-Length: 5, 5',
  '\r\nContent-Length: 0x5',
  '\r\nContent-Length: 99999999999999999999',
  '\r\nExpect: 100-continue',
  '\r\nConnection: upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__',
  '\r\nConnection: close',
  '\r\nConnection: keep-alive',
  '\r\nHost: other.example',
  '0\r\n\r\n',
  '5\r\nhello\r\n0\r\n\r\n',
  '5;ext="\n"\r\n',
  '00000005\r\n',
  'ffffffffffffffff\r\n',
  '-1\r\n',
  'GET / HTTP/1.1\r\n\r\n',
  'POST /raw HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\nSMUGGLED',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'HTTP/1.0',
  'HTTP/1.2',
  'HTTP/0.9',
  '/../',
  '/%2e%2e/',
  '%00',
  '%',
  '?a=b#c',
  'http://127.0.0.1',
  '\xff\xfe',
];

/** Spoils bytes at some places: changes, leaves out, doubles or puts in between what readers disagree about. */
export function mutate(random: Random, original: Buffer, places: number): Buffer {
  let bytes = original;
  for (let place = 0; place < places; place++) {
    const at = random.integer(0, bytes.length);
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    const length = random.integer(1, 12);
    const kind = random.integer(0, 5);
    if (kind === 0) bytes = Buffer.concat([before, Buffer.from([random.integer(0, 255)]), after.subarray(1)]);
    else if (kind === 1) bytes = Buffer.concat([before, after.subarray(length)]);
    else if (kind === 2) bytes = Buffer.concat([before, after.subarray(0, length), after]);
    else bytes = Buffer.concat([before, Buffer.from(random.pick(spells), 'latin1'), after]);
  }
  return bytes;
}
