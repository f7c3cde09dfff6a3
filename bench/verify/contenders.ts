import { WebhookVerificationService } from '@hookflo/tern';
import { verify as octokitVerify } from '@octokit/webhooks-methods';
import { createHmac, timingSafeEqual, verify as verifySignature, type KeyObject } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { Stripe } from 'stripe';
import { assemble } from '../../src/signature/message.ts';
import { digestOf } from '../../src/signature/public-key.ts';
import { isRefusal } from '../../src/signature/refusal.ts';
import { RequestReader } from '../../src/signature/request-reader.ts';
import type { HmacScheme, PublicKeyScheme } from '../../src/signature/scheme.ts';
import { prepareSecret } from '../../src/signature/secret.ts';
import { findSignature } from '../../src/signature/find-signature.ts';
import { verify } from '../../src/signature/verify.ts';
import type { BenchRequest, Case } from './cases.ts';

/** Verifies the request of that number, and says in its own way whether it is genuine. */
export type Verify = (index: number) => Answer | Promise<Answer>;
export type Answer = boolean | { ok: boolean };

/** All that can verify a case, by id. */
export function contendersFor(each: Case): Record<string, Verify> {
  return { hookport: hookport(each), ...peersOf(each), bare: bare(each), ...bareInPieces(each) };
}

function at(requests: readonly BenchRequest[], index: number): BenchRequest {
  const request = requests[index % requests.length];
  if (!request) throw new Error('no requests');
  return request;
}

function hookport({ scheme, secret, requests }: Case): Verify {
  const secrets = [secret];
  return (index) => verify(scheme, at(requests, index), secrets);
}

/** GitHub's scheme is code; written as data, it is this. */
const githubScheme: HmacScheme = {
  scheme: 'hmac',
  hash: 'sha256',
  key: 'utf8',
  signature: { header: 'x-hub-signature-256', prefix: 'sha256=', encoding: 'hex' },
  message: [{ part: 'body' }],
};

interface Prepared {
  key: KeyObject;
  signature: string;
  pieces: readonly (string | Uint8Array)[];
  /** The whole signed content, as text and as bytes. */
  text: string;
  bytes: Buffer;
}

/** Finds everything beforehand: what is left is decoding, hashing and comparing. */
function prepare({ scheme, secret, requests }: Case): { scheme: HmacScheme | PublicKeyScheme; all: Prepared[] } {
  const plain = scheme.scheme === 'code' ? githubScheme : scheme;
  if (plain.scheme !== 'hmac' && plain.scheme !== 'publicKey') throw new Error('not a scheme of a key');
  const { timestamp, signature: location } = plain;
  const prepared = prepareSecret(plain, secret);
  if (prepared.problem !== undefined || !prepared.key) throw new Error('the secret is unusable');
  const { key } = prepared;
  const all = requests.map((request) => {
    const reader = new RequestReader(request);
    const pair = timestamp && 'pair' in timestamp.from ? timestamp.from.pair : undefined;
    const found = findSignature(location, reader, undefined, pair);
    if (!found.ok) throw new Error(found.detail);
    const stamp =
      timestamp && 'header' in timestamp.from ? request.headers[timestamp.from.header] : found.pairTimestamp;
    const pieces = assemble(plain.message, reader, stamp);
    if (isRefusal(pieces)) throw new Error(pieces.detail);
    const signature = found.candidates[0]?.toString(location.encoding) ?? '';
    const bytes = Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
    return { key, signature, pieces, text: bytes.toString(), bytes };
  });
  return { scheme: plain, all };
}

/** The bare operation on signed content that is already put together, which it is in no request. */
function bare(each: Case): Verify {
  const { scheme, all } = prepare(each);
  const { encoding } = scheme.signature;
  const pick = (index: number) => all[index % all.length] as Prepared;
  if (scheme.scheme === 'publicKey') {
    const digest = digestOf(scheme.algorithm);
    return (index) => {
      const { key, signature, bytes } = pick(index);
      return verifySignature(digest, bytes, key, Buffer.from(signature, encoding));
    };
  }
  return (index) => {
    const { key, signature, text } = pick(index);
    return isMac(signature, encoding, createHmac(scheme.hash, key).update(text).digest());
  };
}

/** The same on content as requests carry it: what is signed beside the body is a text, hashed first. */
function bareInPieces(each: Case): Record<string, Verify> {
  const { scheme, all } = prepare(each);
  if (scheme.scheme === 'publicKey' || all[0]?.pieces.length === 1) return {};
  return {
    pieces: (index) => {
      const { key, signature, pieces } = all[index % all.length] as Prepared;
      const hmac = createHmac(scheme.hash, key);
      for (const piece of pieces) hmac.update(piece);
      return isMac(signature, scheme.signature.encoding, hmac.digest());
    },
  };
}

function isMac(signature: string, encoding: 'hex' | 'base64' | 'base64url', expected: Buffer): boolean {
  const given = Buffer.from(signature, encoding);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** All are given the body as text, which is how it comes out of a queue. */
function peersOf({ id, secret, requests }: Case): Record<string, Verify> {
  const tern = (platform: Parameters<typeof WebhookVerificationService.verifyWithPlatformConfig>[1]): Verify => {
    return async (index) => {
      const { headers, body } = at(requests, index);
      // It takes a Request, which can be read once.
      const request = new Request('https://example.com/', { method: 'POST', headers, body });
      return (await WebhookVerificationService.verifyWithPlatformConfig(request, platform, secret)).isValid;
    };
  };
  const octokit = (header: string): Verify => {
    return (index) => {
      const { headers, body } = at(requests, index);
      return octokitVerify(secret, body, headers[header] ?? '');
    };
  };
  switch (id) {
    case 'github':
      return { octokit: octokit('x-hub-signature-256'), tern: tern('github') };
    case 'bitbucket':
      return { octokit: octokit('x-hub-signature') };
    case 'stripe': {
      const { signature } = new Stripe('sk_test_none').webhooks;
      if (!signature) throw new Error('stripe cannot verify');
      return {
        stripe: (index) => {
          const { headers, body } = at(requests, index);
          return signature.verifyHeader(body, headers['stripe-signature'] ?? '', secret, 300);
        },
        tern: tern('stripe'),
      };
    }
    case 'standard-webhooks': {
      const webhook = new Webhook(secret);
      return {
        standardwebhooks: (index) => {
          const { headers, body } = at(requests, index);
          webhook.verify(body, headers, { jsonParse: false });
          return true;
        },
        tern: tern('dodopayments'),
      };
    }
    case 'shopify':
      return { tern: tern('shopify') };
    case 'paddle':
      return { tern: tern('paddle') };
    default:
      return {};
  }
}
