import type { Sample } from '../../catalogue/provider.ts';
import { freshRequest } from '../fresh-request.ts';
import type { Sender } from '../sender.ts';
import { type OutgoingRequest, signRequest } from '../sign-request.ts';

/** A sample as its provider would send it now: what the modes start from. */
export async function genuine(sender: Sender, sample: Sample, now: number = sender.now): Promise<OutgoingRequest> {
  return signRequest(sender.scheme, freshRequest(sender.provider, sample, { url: sender.url, now }), sender.secret);
}
