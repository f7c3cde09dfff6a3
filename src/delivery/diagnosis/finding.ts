/** One thing that was found out about a delivery that does not verify, without secret, signature or body. */
export interface Finding {
  code: FindingCode;
  /** What is the case, as one sentence. */
  text: string;
  /** What to do about it, as one sentence. */
  advice: string;
}

/** Closed, so that pages and commands can tell them apart. */
export type FindingCode =
  | 'verifies_now'
  | 'no_secret'
  | 'no_signature'
  | 'no_timestamp'
  | 'signature_form'
  | 'old_timestamp'
  | 'early_timestamp'
  | 'timestamp_unit'
  | 'development_secret'
  | 'other_credential'
  | 'secret_of_other_source'
  | 'other_way_of_signing'
  | 'secret_differs_slightly'
  | 'body_changed'
  | 'url_differs'
  | 'no_public_url'
  | 'credential_not_kept'
  | 'other_secret';
