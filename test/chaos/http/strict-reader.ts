/** One request of a byte stream, as RFC 9112 reads it. */
export interface ReadRequest {
  method: string;
  target: string;
  body: Buffer;
}

/**
 * Reads the requests of a byte stream and stops at the first thing that the standard does not allow or leaves to the
 * reader's taste: whatever a server takes from beyond that point, it took from an ambiguity. RFC 9112, by the letter.
 */
export function readStrictly(stream: Buffer): ReadRequest[] {
  const requests: ReadRequest[] = [];
  let rest = stream.toString('latin1');
  for (;;) {
    // Section 2.2: an empty line before a request may be ignored, and a line may end with a bare LF. A bare CR there is wrong,
    // and Node's parser passes over it. Whoever reads on finds the same request behind all of these, so nothing can hide there.
    rest = rest.replace(/^[\r\n]+/, '');
    // Section 3: more than one space may stand for one; that changes nothing about where a body ends.
    const head =
      /^([A-Z]+) +([^\s]+) +HTTP\/1\.[01]\r\n((?:[!#$%&'*+.^_`|~\w-]+:[\t\x20-\x7e\x80-\xff]*\r\n)*)\r\n/.exec(rest);
    if (!head) return requests;
    const [whole, method = '', target = '', fields = ''] = head;
    const found = readBody(fields, rest.slice(whole.length));
    if (!found) return requests;
    requests.push({ method, target, body: Buffer.from(found.body, 'latin1') });
    rest = found.rest;
  }
}

function readBody(fields: string, rest: string): { body: string; rest: string } | undefined {
  const valuesOf = (name: string) =>
    [...fields.matchAll(/^([^:]+):[\t ]*(.*?)[\t ]*\r\n/gm)].flatMap(([, key, value]) =>
      key?.toLowerCase() === name ? [value ?? ''] : [],
    );
  const lengths = valuesOf('content-length');
  const codings = valuesOf('transfer-encoding');
  if (codings.length > 0) {
    if (lengths.length > 0 || codings.length > 1 || codings[0]?.toLowerCase() !== 'chunked') return undefined;
    return readChunks(rest);
  }
  if (lengths.length === 0) return { body: '', rest };
  const [length = ''] = lengths;
  if (lengths.length > 1 || !/^\d{1,15}$/.test(length) || rest.length < Number(length)) return undefined;
  return { body: rest.slice(0, Number(length)), rest: rest.slice(Number(length)) };
}

function readChunks(text: string): { body: string; rest: string } | undefined {
  let body = '';
  let rest = text;
  for (;;) {
    const line = /^([0-9a-fA-F]{1,12})(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?\r\n/.exec(rest);
    if (!line) return undefined;
    const size = Number.parseInt(line[1] ?? '', 16);
    rest = rest.slice(line[0].length);
    if (size === 0) break;
    if (rest.length < size + 2 || rest.slice(size, size + 2) !== '\r\n') return undefined;
    body += rest.slice(0, size);
    rest = rest.slice(size + 2);
  }
  const trailers = /^(?:[!#$%&'*+.^_`|~\w-]+:[\t\x20-\x7e\x80-\xff]*\r\n)*\r\n/.exec(rest);
  return trailers ? { body, rest: rest.slice(trailers[0].length) } : undefined;
}
