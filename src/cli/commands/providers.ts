import type { Command } from 'commander';
import { loadGuide } from '../../../providers/samples/index.ts';
import { checkProvider } from '../check-provider.ts';
import { catalogue, findProvider } from '../project.ts';
import { facts, printJson, table } from '../table.ts';
import { schemesOf } from '../../catalogue/scheme-of.ts';
import { describeScheme } from '../describe-scheme.ts';

export function addProviders(program: Command): void {
  const providers = program
    .command('providers')
    .description('list the providers, or tell everything about one')
    .argument('[id]', 'one of them')
    .option('--config <file>', 'not used: the catalogue is the same for every configuration')
    .option('--json', 'print JSON')
    .action(async (id: string | undefined, options: { json?: true }) => {
      if (id === undefined) listProviders(options.json ?? false);
      else await showProvider(id, options.json ?? false);
    });
  providers
    .command('check')
    .description('run the contract checks on a definition; exits with 1 when one fails')
    .argument('<id>', 'the provider')
    .action(async (id: string) => checkOne(id));
}

function listProviders(json: boolean): void {
  const providers = catalogue.ids().flatMap((id) => catalogue.get(id) ?? []);
  if (json) return printJson(providers.map(({ id, name, docs, checkedAt }) => ({ id, name, docs, checkedAt })));
  const rows = providers.map((provider) => [
    provider.id,
    provider.name,
    Object.values(schemesOf(provider)).map(describeScheme).join(' | '),
  ]);
  console.log(table([['ID', 'NAME', 'SIGNS WITH'], ...rows]));
}

async function checkOne(id: string): Promise<void> {
  const provider = findProvider(id);
  const samples = (await (await loadGuide(id))?.samples()) ?? [];
  const rows = await checkProvider(provider, samples);
  console.log(table([['SCHEME', 'RESULT', 'CHECK', ''], ...rows.map((r) => [r.subject, r.result, r.check, r.detail])]));
  const failed = rows.filter(({ result }) => result === 'failed').length;
  const ran = rows.filter(({ result }) => result !== 'skipped').length;
  console.log(`\n${ran} checks ran, ${failed} failed, ${rows.length - ran} skipped`);
  if (failed > 0 || ran === 0) process.exitCode = 1;
}

async function showProvider(id: string, json: boolean): Promise<void> {
  const provider = findProvider(id);
  const guide = await loadGuide(id);
  const samples = (await guide?.samples()) ?? [];
  const events = [...new Set(samples.map(({ event }) => event))];
  if (json) return printJson({ ...provider, setup: guide?.setup, secretFrom: guide?.secretFrom, samples: events });
  const ways = Object.entries(schemesOf(provider)).map(
    ([way, scheme]) => (way === '' ? '' : `${way}: `) + describeScheme(scheme),
  );
  const deliveryId =
    provider.deliveryId === 'hash'
      ? 'none; a hash stands in'
      : `from the provider, ${provider.deliveryId.signed ? 'signed' : 'not signed'}`;
  console.log(`${provider.name} (${provider.id})\n`);
  console.log(
    facts([
      ['signs with', ways.join('; ')],
      ['delivery id', deliveryId],
      ['headers kept', Object.keys(provider.headers).join(', ')],
      ['sends again', provider.retry.text],
      ['documented at', `${provider.docs} (compared ${provider.checkedAt})`],
      ['samples', events.slice(0, 12).join(', ') + (events.length > 12 ? `, … ${events.length} in all` : '')],
    ]),
  );
  if (!guide) return;
  console.log('\nTo connect it:');
  for (const [index, step] of guide.setup.entries()) console.log(`  ${index + 1}. ${step}`);
}
