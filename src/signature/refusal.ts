import type { RejectionReason, Verdict } from './types.ts';

/** A verdict that is not `ok`; what every step of a verification returns instead of throwing. */
export type Refusal = Extract<Verdict, { ok: false }>;

/** Makes a {@link Refusal}. The detail names headers and rules, never a secret, a signature or a body. */
export function refuse(reason: RejectionReason, detail: string): Refusal {
  return { ok: false, reason, detail };
}

/** What every scheme says once none of the secrets gives the signature. */
export function mismatch(): Refusal {
  return refuse('signature_mismatch', 'no active secret gives the signature that this request carries');
}

/** Tells a {@link Refusal} from the value that a step would otherwise give. */
export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && (value as { ok?: unknown }).ok === false;
}
