import { verify as verifySignature } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { createCertificateStore, type CertificateOptions } from '../../src/signature/certificates.ts';
import { decode } from '../../src/signature/encoding.ts';
import { readHeader } from '../../src/signature/headers.ts';
import { isRefusal, refuse, type Refusal } from '../../src/signature/refusal.ts';
import type { CodeScheme, VerifyOptions } from '../../src/signature/scheme.ts';
import { timestampProblem } from '../../src/signature/timestamp.ts';
import type { SignedRequest } from '../../src/signature/types.ts';

/**
 * PayPal signs `transmission id|time|webhook id|CRC-32 of the body` with RSA-SHA256 and names its certificate's URL.
 * https://developer.paypal.com/api/rest/webhooks/rest/#link-selfverification
 *
 * The webhook's id takes the place of the secret: it is no secret, but it binds a delivery to one webhook. CRC-32 is no
 * cryptographic hash: whoever holds a genuine delivery can make another body with the same sum, so nothing in the body
 * counts as signed.
 *
 * @param host Of the API whose certificates count: the sandbox must not sign for live.
 */
export function paypalScheme(
  host: 'api.paypal.com' | 'api.sandbox.paypal.com',
  options: CertificateOptions = {},
): CodeScheme {
  const rules = { host: exactly(host), path: /^\/v1\/notifications\/certs\/CERT-[0-9a-zA-Z-]{1,80}$/, commonName };
  const certificates = createCertificateStore(rules, options);
  return {
    scheme: 'code',
    summary: 'RSA-SHA256 over ids, time and CRC-32 of the body, base64',
    coversBody: false,
    secretProblem: (text) =>
      /^[0-9A-Za-z]{8,64}$/.test(text) ? undefined : "is not a webhook's id as PayPal's dashboard shows it",
    async verify(request, webhookIds, verifyOptions) {
      const parts = readParts(request, verifyOptions);
      if (isRefusal(parts)) return parts;
      const certificate = await certificates.get(parts.certUrl, request.receivedAt);
      if (isRefusal(certificate)) return certificate;
      const sum = crc32(request.body);
      const secretIndex = webhookIds.findIndex((webhookId) => {
        const message = Buffer.from(`${parts.id}|${parts.time}|${webhookId}|${sum}`);
        return verifySignature('sha256', message, certificate.publicKey, parts.signature);
      });
      if (secretIndex !== -1) return { ok: true, secretIndex };
      return refuse('signature_mismatch', "the certificate's key did not sign this body for this webhook id");
    },
  };
}

const commonName = /^[a-z0-9.-]+\.paypal\.com$/;

function exactly(host: string): RegExp {
  return new RegExp(`^${host.replaceAll('.', '\\.')}$`);
}

interface Parts {
  id: string;
  time: string;
  signature: Buffer;
  certUrl: string;
}

function readParts({ headers, receivedAt }: SignedRequest, options: VerifyOptions): Parts | Refusal {
  const fields: string[] = [];
  for (const name of names) {
    const text = readHeader(headers, name);
    if (isRefusal(text)) return text;
    const missing = name === timeHeader ? 'missing_timestamp' : 'missing_signature';
    if (text === undefined) return refuse(missing, `the header ${name} is absent or empty`);
    fields.push(text);
  }
  const [signatureText = '', algorithm = '', certUrl = '', id = '', time = ''] = fields;
  if (algorithm !== 'SHA256withRSA') return refuse('malformed_signature', 'paypal-auth-algo is not SHA256withRSA');
  const signature = decode('base64', signatureText);
  if (!signature) return refuse('malformed_signature', 'paypal-transmission-sig is not base64');
  if (!/^[\w-]{1,100}$/.test(id)) return refuse('malformed_signature', 'paypal-transmission-id is not an id');
  const problem = timestampProblem(timestamp, time, receivedAt, options.toleranceSeconds);
  return problem ?? { id, time, signature, certUrl };
}

const timeHeader = 'paypal-transmission-time';

const names = [
  'paypal-transmission-sig',
  'paypal-auth-algo',
  'paypal-cert-url',
  'paypal-transmission-id',
  timeHeader,
] as const;

/** PayPal names no tolerance, and nothing says that a retry is signed anew. */
const timestamp = { from: { header: timeHeader }, unit: 'iso8601', toleranceSeconds: null } as const;
