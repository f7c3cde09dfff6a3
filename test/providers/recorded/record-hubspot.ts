import { arrival, bodies, tampered } from '../oracle.ts';
import type { RecordedRequest, RecordSdk } from './recorded.ts';

type Version = 'v1' | 'v2' | 'v3';
interface Signed {
  clientSecret: string;
  requestBody: string;
  url: string;
  timestamp: number;
}
interface Sdk {
  Signature: {
    getSignature(method: string, version: Version, options: Signed): string;
    /** @throws Error for a time that is too long ago */
    isValid(options: Signed & { signature: string; signatureVersion: Version; method: string }): boolean;
  };
}

const method = 'POST';
const url = 'https://www.example.com/webhook_uri';

/** Escapes that HubSpot's documentation says are decoded, others that are not, and what is signed then. */
const escaped = 'https://example.com/h?to=a%40b.c%2Fd%21%24%27%28%29%2a%2C%3B%3A%3F&x=%20%26%3D';
const decoded = "https://example.com/h?to=a@b.c/d!$'()*,;:?&x=%20%26%3D";

export const recordHubspot: RecordSdk = (load) => {
  const { Signature } = load('@hubspot/api-client/lib/src/utils/signature.js') as Sdk;
  const secret = 'yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy';
  const requests: RecordedRequest[] = [];

  /** @param as signed as if it had this URL or body */
  const ask = (
    what: string,
    request: { body: string; url?: string; timestamp?: number; version?: Version },
    as: { body?: string; url?: string } = {},
  ) => {
    const { body, url: to = url, timestamp = arrival, version = 'v3' } = request;
    const options = { clientSecret: secret, requestBody: body, url: to, timestamp };
    const signature = Signature.getSignature(method, version, {
      ...options,
      requestBody: as.body ?? body,
      url: as.url ?? to,
    });
    const headers = {
      [version === 'v3' ? 'x-hubspot-signature-v3' : 'x-hubspot-signature']: signature,
      'x-hubspot-request-timestamp': String(timestamp),
    };
    const accepted = isValid({ ...options, signature, signatureVersion: version, method });
    requests.push({ what, headers, body, url: to, method, accepted });
  };
  const isValid = (options: Parameters<Sdk['Signature']['isValid']>[0]) => {
    try {
      return Signature.isValid(options);
    } catch {
      return false;
    }
  };

  for (const body of bodies) {
    ask('as signed', { body });
    ask('with another body', { body: tampered(body) }, { body });
  }
  ask('301 seconds ago', { body: '[]', timestamp: arrival - 301_000 });
  ask('a day ahead', { body: '[]', timestamp: arrival + 86_400_000 });
  ask('signed as it is configured', { body: '[]', url: escaped });
  ask('signed as HubSpot decodes it', { body: '[]', url: escaped }, { url: decoded });
  ask('of version 1', { body: '[]', version: 'v1' });
  ask('of version 2', { body: '[]', version: 'v2' });
  return { secret, requests };
};
