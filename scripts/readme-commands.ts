import { Command } from 'commander';
import { addCommands } from '../src/cli/commands.ts';
import { markdownTable } from './markdown-table.ts';

const begin = '<!-- commands: made by `npm run docs` from the program itself -->';
const end = '<!-- end of commands -->';

/** README.md with the table of commands that the program has now. @throws Error where the marks of its place are missing */
export async function withCommands(readme: string): Promise<string> {
  const [before, rest] = readme.split(`${begin}\n`);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`README.md lacks ${begin} or ${end}`);
  return `${before}${begin}\n\n${await commandsTable()}\n\n${end}${after}`;
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
