import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeThrown } from './handler-errors.ts';

/**
 * Why a handler file did not load: as `describeThrown`, and where a file of it or of what it imports could not be parsed,
 * which its message leaves out; with what to write instead where TypeScript and bundlers take what Node does not. Never throws.
 */
export function describeLoadError(error: unknown): string {
  const more = [unparsedPlace(error), adviceOn(error)].filter((each) => each !== undefined);
  return more.length === 0 ? describeThrown(error) : `${describeThrown(error)} (${more.join('; ')})`;
}

/** `file:line`, which Node writes above the message of a file that it cannot parse. */
function unparsedPlace(error: unknown): string | undefined {
  try {
    if (!(error instanceof SyntaxError) || typeof error.stack !== 'string') return undefined;
    const [first = ''] = error.stack.split('\n');
    return first.startsWith(error.name) ? undefined : /^(?:file:\/\/)?(.+:\d+)$/.exec(first)?.[1];
  } catch {
    return undefined;
  }
}

/** Tests and a function's bundle take both, since they compile what Node only strips. */
function adviceOn(error: unknown): string | undefined {
  try {
    if (!(error instanceof Error)) return undefined;
    if (error instanceof SyntaxError && error.message.includes('does not provide an export named'))
      return 'where that is a type: import { type … }';
    if (!('code' in error && error.code === 'ERR_MODULE_NOT_FOUND' && 'url' in error)) return undefined;
    const file = fileURLToPath(String(error.url));
    const meant = [`${file}.ts`, file.replace(/\.(m?)js$/, '.$1ts')].find((each) => each !== file && existsSync(each));
    return meant === undefined ? undefined : `an import has the ending that the file has, and there is ${meant}`;
  } catch {
    return undefined;
  }
}
