import type { HmacScheme, MessagePart, PublicKeyScheme, TimestampLocation } from './scheme.ts';

/**
 * The symmetric signature of Standard Webhooks 1.0.0 (`v1`): HMAC-SHA256 over id, timestamp and body, with the bytes
 * behind `whsec_`. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 *
 * @param prefix Of the three headers; Svix's own name is older than the specification. @default 'webhook'
 */
export function standardWebhooks(prefix: 'webhook' | 'svix' = 'webhook'): HmacScheme {
  return {
    scheme: 'hmac',
    hash: 'sha256',
    key: 'whsec',
    signature: { header: `${prefix}-signature`, listLabel: 'v1,', encoding: 'base64' },
    timestamp: timestamp(prefix),
    message: message(prefix),
  };
}

/**
 * The asymmetric signature of Standard Webhooks (`v1a`): Ed25519 over the same content, checked with a `whpk_` key.
 *
 * @param prefix As above. @default 'webhook'
 */
export function standardWebhooksPublicKey(prefix: 'webhook' | 'svix' = 'webhook'): PublicKeyScheme {
  return {
    scheme: 'publicKey',
    algorithm: 'ed25519',
    key: 'whpk',
    signature: { header: `${prefix}-signature`, listLabel: 'v1a,', encoding: 'base64' },
    timestamp: timestamp(prefix),
    message: message(prefix),
  };
}

/** The reference libraries allow five minutes either way. */
function timestamp(prefix: string): TimestampLocation {
  return { from: { header: `${prefix}-timestamp` }, unit: 'seconds', toleranceSeconds: 300 };
}

function message(prefix: string): readonly MessagePart[] {
  return [{ part: 'header', name: `${prefix}-id` }, '.', { part: 'timestamp' }, '.', { part: 'body' }];
}
