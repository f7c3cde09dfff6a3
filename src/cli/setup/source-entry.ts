/** What the YAML says of a source that is added. */
export interface SourceEntry {
  id: string;
  provider: string;
  /** Which of the provider's ways of signing. @default its first */
  verify?: string | undefined;
  /** Relative to the project's root; absent where the queue is consumed from outside. */
  handler?: string | undefined;
  publicUrl?: string | undefined;
  unverified?: true | undefined;
}
