import { parseForm } from './form.ts';
import { refuse, type Refusal } from './refusal.ts';
import { type Body, decodeUtf8, lengthOf } from './text.ts';
import type { SignedRequest } from './types.ts';

/** The largest body that is parsed before its signature is known; a queue message holds 1 MiB. */
const maxParsedBytes = 2 * 1024 * 1024;

/** One request during one verification: parses its body at most once, and only if the scheme looks into it. */
export class RequestReader {
  readonly request: SignedRequest;
  #json: { value: unknown } | Refusal | undefined;

  constructor(request: SignedRequest) {
    this.request = request;
  }

  /** The parsed JSON body in a box, or why there is none. */
  json(): { value: unknown } | Refusal {
    return (this.#json ??= parseJson(this.request.body));
  }

  form(): [name: string, value: string][] | Refusal {
    const { body } = this.request;
    if (lengthOf(body) > maxParsedBytes) return tooLarge();
    return parseForm(body) ?? refuse('malformed_body', 'the body is not a form in UTF-8 with at most 1,000 fields');
  }
}

function parseJson(body: Body): { value: unknown } | Refusal {
  if (lengthOf(body) > maxParsedBytes) return tooLarge();
  const text = decodeUtf8(body);
  try {
    if (text !== undefined) return { value: JSON.parse(text) as unknown };
  } catch {
    // Falls through: what the parser says quotes the body.
  }
  return refuse('malformed_body', 'the signature scheme looks into the body, and it is not JSON');
}

function tooLarge(): Refusal {
  return refuse('malformed_body', `the signature scheme parses the body, and it is over ${maxParsedBytes} bytes`);
}
