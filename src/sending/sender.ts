import type { Provider } from '../catalogue/provider.ts';
import type { Scheme } from '../signature/scheme.ts';

/** Who sends to a source, and what the source does with it: all that making a request needs. */
export interface Sender {
  provider: Provider;
  /** The one of the provider's schemes that the source verifies with. */
  scheme: Scheme;
  /** What signs for the source; any text where nothing is signed. */
  secret: string;
  /** The URL that the provider believes it posts to, which some sign: the source's `publicUrl` if it has one. */
  url: string;
  /** Epoch milliseconds. */
  now: number;
  /** The source's own tolerance. @default the scheme's */
  toleranceSeconds?: number | undefined;
  /** The largest message that its queue takes. */
  maxMessageBytes: number;
  /** Whether it has a memory of what was handled. */
  deduplicates: boolean;
}
