import { controlChars } from './control-chars.ts';
import { duplicate } from './duplicate.ts';
import type { HostileMode } from './mode.ts';
import { noSignature } from './no-signature.ts';
import { oversize } from './oversize.ts';
import { reorder } from './reorder.ts';
import { stale } from './stale.ts';
import { tamper } from './tamper.ts';

/** All of them, by the name that `hookport send --<name>` takes. */
export const hostileModes = {
  tamper,
  stale,
  duplicate,
  reorder,
  'no-signature': noSignature,
  oversize,
  'control-chars': controlChars,
} as const satisfies Readonly<Record<string, HostileMode>>;

export type HostileModeName = keyof typeof hostileModes;
