import type { IncomingMessage } from 'node:http';

/**
 * Whether nobody can read the request in another way. Node's parser is strict, but it reads the chunks and leaves a coding
 * before them to others, who might not agree; it reads chunks in HTTP/1.0, which has none; it takes a request line
 * without a version for HTTP/0.9, which has neither headers nor a body; and of several Hosts it takes the first.
 */
export function isUnambiguous({ headers, rawHeaders, httpVersionMajor, httpVersionMinor }: IncomingMessage): boolean {
  if (httpVersionMajor !== 1) return false;
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && (coding.toLowerCase() !== 'chunked' || httpVersionMinor === 0)) return false;
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts === 1 || (hosts === 0 && httpVersionMinor === 0);
}
