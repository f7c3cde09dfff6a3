import type { Body } from './text.ts';

/** Header fields by lower-case name. An array holds the values of a field that arrived more than once. */
export type HeaderFields = Readonly<Record<string, string | readonly string[]>>;

/** What a signature is checked against: the request as it arrived. */
export interface SignedRequest {
  headers: HeaderFields;
  /** The body, byte for byte. */
  body: Body;
  /** When the request arrived, in epoch milliseconds. Timestamps are compared with this, never with now. */
  receivedAt: number;
  /** The configured public URL, exactly as typed at the provider. Never rebuilt from the request. */
  url?: string | undefined;
  method?: string | undefined;
  /** Query parameters by name, as the message holds them: percent-decoded or not. Only those that the definition names. */
  query?: Readonly<Record<string, string>> | undefined;
}

/** Why a delivery was not taken as genuine. Closed: hosts, docs and the inspector switch over it. */
export const rejectionReasons = {
  missing_signature: 'the header or field that carries the signature is absent or empty',
  malformed_signature: 'the signature is not in the form that the provider documents',
  ambiguous_header: 'a header that matters for the signature arrived with two different values',
  missing_timestamp: 'the signed timestamp is absent',
  malformed_timestamp: 'the signed timestamp is not in the form that the provider documents',
  stale_timestamp: 'the signed timestamp is too far from the arrival of the request',
  signature_mismatch: 'no active secret gives this signature for this body',
  malformed_body: 'the body is not in the form that the signature scheme needs',
  unusable_secret:
    'a configured secret is empty or not in the form that the scheme needs; the configuration is at fault',
  missing_context: 'the scheme needs something that the delivery does not carry, such as the public URL',
  key_unavailable: 'the key that the verification needs could not be fetched; nothing is known about the request',
  verification_error: 'the verification itself failed; never taken as verified',
} as const;

export type RejectionReason = keyof typeof rejectionReasons;

/** The result of a verification. It never carries a secret or an expected signature. */
export type Verdict =
  | {
      ok: true;
      /** Index into the secrets that were given: which one matched. 0 is the newest. */
      secretIndex: number;
    }
  | {
      ok: false;
      reason: RejectionReason;
      /** One sentence for a person, without secret, signature or body. */
      detail: string;
    };
