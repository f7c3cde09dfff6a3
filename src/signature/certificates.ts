import { X509Certificate } from 'node:crypto';
import { systemClock, type Clock } from '../clock.ts';
import { isRefusal, refuse, type Refusal } from './refusal.ts';

/** Where a request names the certificate that it was signed with. */
export interface CertificateRules {
  /** The only host that is asked, over https on its usual port. */
  host: RegExp;
  path: RegExp;
  /** What the subject's common name must match. */
  commonName: RegExp;
}

export interface CertificateOptions {
  /** Gives the certificate in PEM; rejects when it cannot. @default {@link fetchPem} */
  fetchPem?: (url: string) => Promise<string>;
  clock?: Clock;
}

export interface CertificateStore {
  /**
   * The certificate at a URL that a request named, if the rules allow that URL and the certificate was valid when the
   * request arrived. Never rejects.
   */
  get(url: string, receivedAt: number): Promise<X509Certificate | Refusal>;
}

const keptMs = 24 * 3_600_000;
const maxKept = 20;
/** Whoever invents URLs must not make us ask for each of them. */
const maxFetchesPerMinute = 10;
const maxPemBytes = 64 * 1024;
const timeoutMs = 5000;

/**
 * Keeps certificates in memory for a day, 20 at most; longer while no more may be fetched. Failures are not kept: the next
 * delivery asks again, ten times a minute at most. The chain is not checked; that the certificate comes from the provider is what TLS to its own host says.
 */
export function createCertificateStore(rules: CertificateRules, options: CertificateOptions = {}): CertificateStore {
  const fetch = options.fetchPem ?? fetchPem;
  const clock = options.clock ?? systemClock;
  const kept = new Map<string, { certificate: Promise<X509Certificate>; at: number }>();
  const fetches: number[] = [];

  function load(url: string): Promise<X509Certificate> | Refusal {
    const now = clock();
    const known = kept.get(url);
    // Either way: a clock that was set back must not make them count until it is as late again.
    if (known && Math.abs(now - known.at) < keptMs) return known.certificate;
    while (Math.abs(now - (fetches[0] ?? now)) >= 60_000) fetches.shift();
    if (fetches.length >= maxFetchesPerMinute)
      return (
        // It says itself until when it is valid; whoever invents URLs must not make us lose the one that is in use.
        known?.certificate ??
        refuse('key_unavailable', `more than ${maxFetchesPerMinute} new certificates were named within a minute`)
      );
    fetches.push(now);
    const certificate = fetch(url).then((pem) => new X509Certificate(pem));
    kept.delete(url);
    const oldest = kept.size >= maxKept ? kept.keys().next().value : undefined;
    if (oldest !== undefined) kept.delete(oldest);
    kept.set(url, { certificate, at: now });
    certificate.catch(() => {
      if (kept.get(url)?.certificate === certificate) kept.delete(url);
    });
    return certificate;
  }

  return {
    async get(url, receivedAt) {
      if (!allowed(rules, url))
        return refuse('malformed_signature', 'the certificate stands at a URL that is not allowed');
      try {
        const certificate = await load(url);
        return isRefusal(certificate) ? certificate : (problemOf(rules, certificate, receivedAt) ?? certificate);
      } catch {
        return refuse('key_unavailable', 'the certificate could not be fetched or read');
      }
    },
  };
}

function allowed(rules: CertificateRules, text: string): boolean {
  if (!text.startsWith('https://') || !URL.canParse(text)) return false;
  const url = new URL(text);
  // Nothing but host and path: no port, no credentials, and no spelling that the parser would change.
  return (
    text === `https://${url.hostname}${url.pathname}` && rules.host.test(url.hostname) && rules.path.test(url.pathname)
  );
}

function problemOf(rules: CertificateRules, certificate: X509Certificate, receivedAt: number): Refusal | undefined {
  const name = /^CN=(.+)$/m.exec(certificate.subject)?.[1] ?? '';
  if (!rules.commonName.test(name))
    return refuse('signature_mismatch', "the certificate is not in the provider's name");
  const { validFromDate, validToDate } = certificate;
  if (receivedAt >= validFromDate.getTime() && receivedAt <= validToDate.getTime()) return undefined;
  return refuse('signature_mismatch', 'the certificate was not valid when the request arrived');
}

/** Fetches at most 64 KiB within 5 s, without following a redirect. */
export async function fetchPem(url: string): Promise<string> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (!response.ok || size > maxPemBytes) throw new Error(`no certificate: status ${response.status}, ${size} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('latin1');
}
