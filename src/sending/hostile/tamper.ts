import { HookportError } from '../../errors.ts';
import { alterCovered, coversSomething } from './alter-covered.ts';
import { genuine } from './genuine.ts';
import type { HostileMode } from './mode.ts';

/** Somebody on the way changes what was signed. */
export const tamper: HostileMode = {
  description: 'change the body after it was signed',
  inapplicable: ({ scheme }) =>
    coversSomething(scheme) ? undefined : 'nothing covers the body, so nobody can tell whether it was changed',
  async make(sender, sample) {
    const { headers, query, body } = await genuine(sender, sample);
    const altered = alterCovered(sender.scheme, body);
    if (!altered)
      throw new HookportError('usage', `the sample ${sample.event} holds nothing that the signature covers`);
    const what = `${altered.what}, after signing`;
    return [{ headers, query, body: altered.body, what, expected: { kind: 'rejected', reason: 'signature_mismatch' } }];
  },
};
