import { readFileSync } from 'node:fs';
import { failureReasons, otherRejections } from '../src/delivery/outcome.ts';
import { errorCodes } from '../src/errors.ts';
import { rejectionReasons } from '../src/signature/types.ts';
import { markdownTable } from './markdown-table.ts';

/** docs/errors.md: every code and reason that a person may meet, from the code that gives them. */
export function errorsPage(): string {
  const codes = Object.entries(errorCodes).map(([code, { fault, meaning }]) => [`\`${code}\``, fault, meaning]);
  const reasons = (part: string, table: Readonly<Record<string, string>>) =>
    Object.entries(table).map(([reason, meaning]) => [`\`${reason}\``, meaning, whatToDo(part, reason)]);
  return [
    '# Errors and reasons',
    '<!-- Made by `npm run docs` from src/errors.ts, src/signature/types.ts and src/delivery/outcome.ts. -->',
    '## Errors',
    'Commands print the message and exit with 1, or with 2 where they were called wrongly (`usage`). In code a ' +
      '`HookportError` carries the code. `user` faults are mended by changing the configuration, the machine or the call; an ' +
      '`internal` one is a defect of Hookport. What to do about each: [operations.md](operations.md#when-a-command-or-the-start-fails).',
    markdownTable(['code', 'fault', 'meaning'], codes),
    '## Why a delivery was rejected',
    'It rests in the source’s dead-letter queue with this reason and is not tried again by itself. `hookport redrive ' +
      '<source>` verifies it anew and sends it back once it passes.',
    markdownTable(
      ['reason', 'meaning', 'what to do'],
      reasons('Why a delivery was rejected', { ...rejectionReasons, ...otherRejections }),
    ),
    '## Why an attempt failed',
    'The delivery stays in its queue and is tried again, with growing delays; at its last attempt it goes to the ' +
      'dead-letter queue.',
    markdownTable(['reason', 'meaning', 'what to do'], reasons('Why an attempt failed', failureReasons)),
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n');
}

/** A link to the section of docs/operations.md that names the reason. @throws Error when there is none */
function whatToDo(part: string, reason: string): string {
  const page = readFileSync(new URL('../docs/operations.md', import.meta.url), 'utf8');
  const text = page.split('\n## ').find((each) => each.startsWith(`${part}\n`)) ?? '';
  const section = text.split('\n### ').find((each) => each.includes(`\`${reason}\``));
  const heading = section?.split('\n')[0];
  if (heading === undefined) throw new Error(`docs/operations.md does not tell what to do about ${reason}`);
  const anchor = heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
  return `[${heading}](operations.md#${anchor})`;
}
