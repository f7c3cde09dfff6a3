import { Command } from 'commander';
import { addCommands } from '../src/cli/commands.ts';
import { markdownTable } from './markdown-table.ts';
import { replaceMarked } from './marked.ts';

/** README.md with the table of commands that the program has now. @throws Error where the marks of its place are missing */
export async function withCommands(readme: string): Promise<string> {
  return replaceMarked(readme, 'commands', [await commandsTable()]);
}

async function commandsTable(): Promise<string> {
  const program = new Command('hookport');
  await addCommands(program, []);
  const visible = program.createHelp().visibleCommands(program);
  const rows = visible
    .filter((command) => command.name() !== 'help')
    .flatMap((command) =>
      command.commands.length > 0 && command.name() !== 'providers' ? command.commands : [command],
    )
    .map((command) => [`\`${usageOf(command)}\``, command.description()]);
  return markdownTable(['command', 'what it does'], rows);
}

/** Such as `dlq show <source> <id>`. */
function usageOf(command: Command): string {
  const parent = command.parent?.name();
  const names = parent === undefined || parent === 'hookport' ? [command.name()] : [parent, command.name()];
  const args = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '…' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [...names, ...args].join(' ');
}
