import { parsePayload } from '../catalogue/payload.ts';
import type { Provider } from '../catalogue/provider.ts';
import type { CheckPayload } from '../payload-schema/check.ts';
import type { VerifiedDelivery } from './delivery.ts';
import type { Outcome } from './outcome.ts';

/** The rejection of a verified delivery whose payload does not match; undefined where it does, or nothing is checked. */
export function payloadMismatch(
  delivery: Pick<VerifiedDelivery, 'headers' | 'body'>,
  { provider, checkPayload }: { provider: Provider; checkPayload?: CheckPayload | undefined },
): Extract<Outcome, { kind: 'rejected' }> | undefined {
  if (!checkPayload) return undefined;
  const detail = mismatchOf(delivery, provider, checkPayload);
  return detail === undefined ? undefined : { kind: 'rejected', reason: 'payload_mismatch', detail };
}

function mismatchOf(
  delivery: Pick<VerifiedDelivery, 'headers' | 'body'>,
  provider: Provider,
  check: CheckPayload,
): string | undefined {
  let payload: unknown;
  try {
    payload = parsePayload(provider, delivery);
  } catch (error) {
    // What this parser says never quotes the body.
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
  return check(payload);
}
