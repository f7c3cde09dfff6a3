/** Remembers which deliveries completed, so that a redelivery is not handed over again. */
export interface Deduplication {
  /** Claims a delivery before its handler runs. `completed`: it was handled before; `inProgress`: another claim is alive. */
  begin(key: DeduplicationKey): Promise<'started' | 'completed' | 'inProgress'>;
  /** Records that the handler succeeded; kept for `keepSeconds` of the key. */
  complete(key: DeduplicationKey): Promise<void>;
  /** Gives the claim back after a failure, so that the retry runs. */
  release(key: DeduplicationKey): Promise<void>;
  /**
   * Whether the key's `bodyHash` is known under another delivery id of the source: completed, or claimed now. Asked
   * after `begin`, only where the signature does not cover the id.
   */
  seenBody?(key: DeduplicationKey): Promise<boolean>;
}

export interface DeduplicationKey {
  source: string;
  deliveryId: string;
  /** How long a completed delivery is remembered. */
  keepSeconds: number;
  /** How long a claim that outlives its holder lives, if that dies: the delivery's timeout and some room. */
  claimSeconds: number;
  /** SHA-256 of the body in hex; present where the signature does not cover the delivery id. */
  bodyHash?: string;
}
