import { HookportError } from '../../src/errors.ts';
import { isRefusal, refuse, type Refusal } from '../../src/signature/refusal.ts';
import { RequestReader } from '../../src/signature/request-reader.ts';
import type { CodeScheme, PublicKeyScheme } from '../../src/signature/scheme.ts';
import { sign } from '../../src/signature/sign.ts';
import type { SignedRequest } from '../../src/signature/types.ts';
import { verify } from '../../src/signature/verify.ts';

const signatureField = 'p_signature';

/** What it comes down to once the fields are serialized: the signature then stands in a header, as it were. */
const overSerialized: PublicKeyScheme = {
  scheme: 'publicKey',
  algorithm: 'rsa-sha1',
  key: 'pem',
  signature: { header: signatureField, encoding: 'base64' },
  message: [{ part: 'body' }],
};

/**
 * Paddle Classic signs what PHP's `serialize` makes of the form's fields, sorted by name, without the signature itself.
 * https://classic.paddle.com/webhook-reference/verifying-webhooks
 *
 * Every field is covered, but not how the form spells it, so the body is not covered byte for byte.
 */
export const paddleClassicScheme: CodeScheme = {
  scheme: 'code',
  summary: "RSA-SHA1 over the form's fields as PHP serializes them, base64",
  coversBody: false,
  coversValues: [{ form: 'alert_id' }, { form: 'alert_name' }],
  secretLike: overSerialized,
  verify(request, publicKeys, options) {
    const form = readForm(request);
    if (isRefusal(form)) return form;
    const headers = { [signatureField]: form.signature };
    return verify(overSerialized, { ...request, headers, body: serialize(form.fields) }, publicKeys, options);
  },
  async sign(request, privateKey) {
    const form = readForm({ ...request, headers: {}, receivedAt: request.timestamp });
    if (isRefusal(form)) throw new HookportError('usage', `cannot sign: ${form.detail}`);
    const body = serialize(form.fields);
    const { headers } = await sign(overSerialized, { body, timestamp: request.timestamp }, privateKey);
    const signed = new URLSearchParams(form.fields);
    signed.set(signatureField, headers[signatureField] ?? '');
    return { headers: {}, body: Buffer.from(signed.toString()) };
  },
};

interface Form {
  fields: [name: string, value: string][];
  /** Empty if the form has none. */
  signature: string;
}

function readForm(request: SignedRequest): Form | Refusal {
  const fields = new RequestReader(request).form();
  if (isRefusal(fields)) return fields;
  const values = new Map(fields);
  // PHP takes the last of several, and makes arrays and integer keys of other names; Paddle sends neither.
  if (values.size !== fields.length) return refuse('malformed_body', 'the form has a field twice');
  for (const name of values.keys())
    if (!/^[A-Za-z_][\w-]*$/.test(name))
      return refuse('malformed_body', 'the form has a field whose name is not a plain word');
  const signature = values.get(signatureField) ?? '';
  values.delete(signatureField);
  return { fields: [...values], signature };
}

/** `serialize(ksort(fields))` of PHP; lengths are in bytes. */
function serialize(fields: readonly (readonly [string, string])[]): Buffer {
  const sorted = fields.toSorted(([one], [other]) => (one < other ? -1 : 1));
  const text = (value: string) => `s:${Buffer.byteLength(value)}:"${value}";`;
  return Buffer.from(`a:${fields.length}:{${sorted.map(([name, value]) => text(name) + text(value)).join('')}}`);
}
