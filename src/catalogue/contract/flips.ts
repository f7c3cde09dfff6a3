import type { SignedRequest } from '../../signature/types.ts';

/** The request with each bit of its body turned, one at a time. */
export function* bodyFlips<R extends SignedRequest>(request: R): Generator<{ what: string; request: R }> {
  for (let index = 0; index < request.body.length * 8; index++) {
    const body = Uint8Array.from(request.body);
    body[index >> 3] = (body[index >> 3] ?? 0) ^ (1 << (index & 7));
    yield { what: `bit ${index} of the body`, request: { ...request, body } };
  }
}

/** The request with each bit of each character of one header turned, one at a time. */
export function* headerFlips<R extends SignedRequest>(
  request: R,
  name: string,
): Generator<{ what: string; value: string; request: R }> {
  const value = String(request.headers[name]);
  for (let index = 0; index < value.length; index++)
    for (let bit = 0; bit < 8; bit++) {
      const character = String.fromCharCode(value.charCodeAt(index) ^ (1 << bit));
      const flipped = value.slice(0, index) + character + value.slice(index + 1);
      yield {
        what: `bit ${bit} of character ${index} of ${name}`,
        value: flipped,
        request: { ...request, headers: { ...request.headers, [name]: flipped } },
      };
    }
}
