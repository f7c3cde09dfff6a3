import { fileURLToPath } from 'node:url';
import { script } from '@bomb.sh/tab';
import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import { argumentValues, optionValues } from '../completion-values.ts';
import { shellWord } from '../running.ts';

const launcher = fileURLToPath(new URL('../hookport.js', import.meta.url));

/**
 * `completion <shell>`, and the hidden `complete` that its script calls. To be added last: it looks at every other
 * command. The script calls this checkout with this Node: npx would take half a second at each press of the key.
 */
export function addCompletion(program: Command): void {
  const root = tab(program, { completionCommandName: 'completion' });
  for (const [path, command] of root.commands) {
    for (const { name } of command.arguments.values())
      if (argumentValues(path, name).length > 0)
        command.argument(name, (complete) => {
          for (const [value, description] of argumentValues(path, name)) complete(value, description);
        });
    for (const option of command.options.values())
      if (optionValues(option.value).length > 0)
        option.handler = (complete) => {
          for (const [value, description] of optionValues(option.value)) complete(value, description);
        };
  }
  program.commands
    .find((command) => command.name() === 'completion')
    ?.description('print what makes your shell complete commands, sources and providers')
    .addHelpText('after', `\n${howTo}`)
    .action((shell: string) => script(shell, 'hookport', `${shellWord(process.execPath)} ${shellWord(launcher)}`));
}

const howTo = `Into your shell's start file, with the path of this project:
  bash  hookport() { npx hookport "$@"; }; source <(cd PROJECT && npx hookport completion bash)
  zsh   the same with zsh, behind compinit
  fish  alias hookport 'npx hookport'; cd PROJECT && npx hookport completion fish | source
bash needs its package bash-completion.`;
