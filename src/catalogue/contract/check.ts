import type { Subject } from './subject.ts';

/** One thing that holds for every scheme that can sign. */
export interface Check {
  /** A sentence without its subject: "refuses …". */
  name: string;
  /** Whether it says anything about this scheme. @default true */
  applies?: (subject: Subject) => boolean;
  /** What was taken, or refused, that should not have been; nothing where the check holds. */
  run: (subject: Subject) => Promise<readonly string[]>;
}
