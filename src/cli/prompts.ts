import { HookportError } from '../errors.ts';

/** Whether somebody is there to be asked. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY;
}

/** Asks for yes or no. @throws HookportError `cancelled` on Ctrl-C */
export async function askYesNo(message: string): Promise<boolean> {
  const { confirm: ask } = await clack();
  return answered(await ask({ message, initialValue: false }));
}

/**
 * Has somebody agree to what cannot be taken back.
 *
 * @param otherwise.unasked What to say where nobody is there: how to agree on the command line.
 * @param otherwise.declined What is true after a no.
 * @throws HookportError `usage` where nobody is there, `cancelled` on a no and on Ctrl-C
 */
export async function confirm(question: string, otherwise: { unasked: string; declined: string }): Promise<void> {
  if (!canAsk()) throw new HookportError('usage', `nobody is there to be asked; ${otherwise.unasked}`);
  const { confirm: ask } = await clack();
  if ((await ask({ message: question, initialValue: false })) !== true)
    throw new HookportError('cancelled', otherwise.declined);
}

/** Asks for a line of text. @throws HookportError `cancelled` on Ctrl-C */
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
    await text({
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

/** Asks for one of a few. @throws HookportError `cancelled` on Ctrl-C */
export async function askOne(message: string, options: readonly Choice[]): Promise<string> {
  const { select } = await clack();
  return answered(await select({ message, options: [...options] }));
}

/** Asks for some of many; typing narrows the list down. @throws HookportError `cancelled` on Ctrl-C */
export async function askSome(message: string, options: readonly Choice[]): Promise<string[]> {
  const { autocompleteMultiselect } = await clack();
  return answered(await autocompleteMultiselect({ message, options: [...options], required: true, maxItems: 10 }));
}

/** Loaded with the first question: most commands ask none. */
function clack() {
  return import('@clack/prompts');
}

function answered<Answer>(answer: Answer): Exclude<Answer, symbol> {
  if (typeof answer === 'symbol') throw new HookportError('cancelled', 'nothing was done');
  return answer as Exclude<Answer, symbol>;
}
