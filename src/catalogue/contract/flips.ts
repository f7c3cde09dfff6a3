import type { SignedRequest } from '../../signature/types.ts';

/** The request with each bit of its body turned, one at a time. */
export function* bodyFlips<R extends SignedRequest & { body: Uint8Array }>(
  request: R,
): Generator<{ what: string; request: R }> {
  for (let index = 0; index < request.body.length * 8; index++) {
    const body = Uint8Array.from(request.body);
    body[index >> 3] = (body[index >> 3] ?? 0) ^ (1 << (index & 7));
    yield { what: `bit ${index} of the body`, request: { ...request, body } };
  }
}

/** A text with each bit of each of its characters turned, one at a time. */
export function* textFlips(text: string): Generator<{ what: string; flipped: string }> {
  for (let index = 0; index < text.length; index++)
    for (let bit = 0; bit < 8; bit++) {
      const character = String.fromCharCode(text.charCodeAt(index) ^ (1 << bit));
      yield {
        what: `bit ${bit} of character ${index}`,
        flipped: text.slice(0, index) + character + text.slice(index + 1),
      };
    }
}
