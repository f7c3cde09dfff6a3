import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { HookportError } from '../errors.ts';

/** Whether somebody is there to be asked. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY;
}

/** Asks for yes or no. @throws HookportError `cancelled` on Ctrl-C and Ctrl-D */
export async function askYesNo(message: string): Promise<boolean> {
  const { confirm: ask } = await clack();
  return answered(ask({ message, initialValue: false }));
}

/**
 * Has somebody agree to what cannot be taken back.
 *
 * @param otherwise.unasked What to say where nobody is there: how to agree on the command line.
 * @param otherwise.declined What is true after a no.
 * @throws HookportError `usage` where nobody is there, `cancelled` on a no, Ctrl-C and Ctrl-D
 */
export async function confirm(question: string, otherwise: { unasked: string; declined: string }): Promise<void> {
  if (!canAsk()) throw new HookportError('usage', `nobody is there to be asked; ${otherwise.unasked}`);
  const { confirm: ask } = await clack();
  if ((await orEnded(ask({ message: question, initialValue: false }))) !== true)
    throw new HookportError('cancelled', otherwise.declined);
}

/** Asks for a line of text. @throws HookportError `cancelled` on Ctrl-C and Ctrl-D */
export async function askText(options: {
  message: string;
  placeholder?: string;
  initialValue?: string;
  /** What is wrong with the text, or undefined. */
  problem: (text: string) => string | undefined;
}): Promise<string> {
  const { text } = await clack();
  const { message, placeholder, initialValue, problem } = options;
  return answered(
    text({
      message,
      ...(placeholder !== undefined && { placeholder }),
      ...(initialValue !== undefined && { initialValue }),
      validate: (value) => problem(value ?? ''),
    }),
  );
}

export interface Choice {
  value: string;
  label: string;
  hint?: string;
}

/** Asks for one of a few. @throws HookportError `cancelled` on Ctrl-C and Ctrl-D */
export async function askOne(message: string, options: readonly Choice[]): Promise<string> {
  const { select } = await clack();
  return answered(select({ message, options: [...options] }));
}

/** Asks for some of many; typing narrows the list down. @throws HookportError `cancelled` on Ctrl-C and Ctrl-D */
export async function askSome(message: string, options: readonly Choice[]): Promise<string[]> {
  const { autocompleteMultiselect } = await clack();
  return answered(autocompleteMultiselect({ message, options: [...options], required: true, maxItems: 10 }));
}

/** Loaded with the first question: most commands ask none. */
function clack() {
  return import('@clack/prompts');
}

async function answered<Answer>(asked: Promise<Answer>): Promise<Exclude<Answer, symbol | undefined>> {
  const answer = await orEnded(asked);
  if (typeof answer === 'symbol' || answer === undefined) throw new HookportError('cancelled', 'nothing was done');
  return answer as Exclude<Answer, symbol | undefined>;
}

/**
 * Undefined where Ctrl-D ended the terminal's input. The prompt itself goes on waiting then, with nothing that could answer
 * it, so that Node would end without a word, as if all were done.
 */
async function orEnded<Answer>(asked: Promise<Answer>): Promise<Answer | undefined> {
  const waiting = new AbortController();
  // An answer ends the reading too, and is there before the turn is over.
  const ended = once(process.stdin, 'pause', { signal: waiting.signal }).then(() => setImmediate('ended' as const));
  try {
    const first = await Promise.race([asked.then((answer) => ({ answer })), ended]);
    if (first !== 'ended') return first.answer;
    // What the prompt would have done at its end.
    process.stdout.write('\u001B[?25h\n');
    return undefined;
  } finally {
    ended.catch(() => undefined);
    waiting.abort();
  }
}
