import type { Sample } from '../../catalogue/provider.ts';
import type { RejectionReason } from '../../signature/types.ts';
import type { Sender } from '../sender.ts';
import type { OutgoingRequest } from '../sign-request.ts';

/** A way of sending that a provider would not choose, and that the platform must stand. */
export interface HostileMode {
  /** For the help: what is sent. */
  description: string;
  /** Why it says nothing about a scheme, as the end of "it does not apply: …"; undefined where it applies. */
  inapplicable?: (sender: Pick<Sender, 'scheme'>) => string | undefined;
  /**
   * The requests, in the order in which they are to be posted.
   *
   * @throws HookportError as `sign` does
   */
  make: (sender: Sender, sample: Sample) => Promise<readonly HostileRequest[]>;
}

export interface HostileRequest extends OutgoingRequest {
  /** What is wrong with it, for a person. */
  what: string;
  expected: Expectation;
}

/** What must become of a request. */
export type Expectation =
  /** The endpoint answers with a status from 400 to 499 and keeps nothing. */
  | { kind: 'refused' }
  | { kind: 'rejected'; reason: RejectionReason }
  /** Verified: handled, or ignored where the source does not want its event type. */
  | { kind: 'taken' }
  | { kind: 'duplicate' };

/** As people read it. */
export function describeExpectation(expected: Expectation): string {
  switch (expected.kind) {
    case 'refused':
      return 'refused by the endpoint, with nothing kept';
    case 'rejected':
      return `rejected: ${expected.reason}`;
    case 'taken':
      return 'handled or ignored';
    case 'duplicate':
      return 'duplicate';
  }
}
