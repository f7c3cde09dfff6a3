import type { OtherCredential } from '../../catalogue/other-credential.ts';
import type { Scheme } from '../../signature/scheme.ts';
import type { SignedRequest } from '../../signature/types.ts';
import type { Secret } from '../../secrets/secret-store.ts';

/** One delivery and all that may tell why it does or does not verify. Nothing found with it makes anything verified. */
export interface DiagnosisInput {
  /** The one that the source verifies with. */
  scheme: Scheme;
  /** The provider's other ways of signing, by name. */
  alternatives: Readonly<Record<string, Scheme>>;
  request: SignedRequest;
  /** The source's own, newest first. */
  secrets: readonly Secret[];
  /** Why the source's own cannot be used, if they cannot. */
  secretProblem?: string | undefined;
  /** What the newest of them is, if it is another credential of the provider. @default none */
  otherCredential?: OtherCredential | undefined;
  /** Those of the other sources. */
  others: readonly { source: string; secrets: readonly Secret[] }[];
  /** Overrides the provider's tolerance. */
  toleranceSeconds?: number | undefined;
  /** The provider's definition is one of the configuration's own. @default false */
  isOwn?: boolean;
  /** The request lacks its static credential, since none is ever kept: whether it would match cannot be told. */
  withoutCredential?: boolean;
}
