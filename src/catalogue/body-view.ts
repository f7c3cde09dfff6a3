import { formField, parseForm } from '../signature/form.ts';
import { type Body, decodeUtf8 } from '../signature/text.ts';

/**
 * A body looked into as JSON and as a form, each parsed at most once. Undefined stands for "is none": whether a body
 * can be read decides nothing about whether it is genuine.
 */
export class BodyView {
  readonly #body: Body;
  #json: { value: unknown } | undefined;
  #form: [name: string, value: string][] | undefined;

  constructor(body: Body) {
    this.#body = body;
  }

  json(): unknown {
    return (this.#json ??= { value: tryParseJson(decodeUtf8(this.#body)) }).value;
  }

  /**
   * The value of a field that stands exactly once. JSON is no form, though a text in it may hold ampersands: whoever wrote
   * that text would write the fields.
   */
  field(name: string): string | undefined {
    if (typeof this.json() === 'object') return undefined;
    return formField((this.#form ??= parseForm(this.#body) ?? []), name);
  }
}

/** The parsed text, or undefined if it is not JSON. */
export function tryParseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}
