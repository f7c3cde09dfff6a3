import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { catalogue as builtIn } from '../../../providers/index.ts';
import { loadGuide } from '../../../providers/samples/index.ts';
import { mappedHeaders } from '../../catalogue/mapped-headers.ts';
import { mappedQuery } from '../../catalogue/mapped-query.ts';
import type { Provider, ProviderGuide } from '../../catalogue/provider.ts';
import { schemesOf } from '../../catalogue/scheme-of.ts';
import { needsOf } from '../../signature/needs.ts';
import { type CheckRow, checkProvider } from '../check-provider.ts';
import { describeScheme, signingFacts } from '../describe-scheme.ts';
import { ConfigIssues, type ConfigOption, findProvider, loadProviders, withConfig } from '../project.ts';
import { facts, printJson, table } from '../table.ts';

interface Options extends ConfigOption {
  json?: true;
}

export function addProviders(program: Command): void {
  const providers = withConfig(program.command('providers'))
    .description('list the providers, those of the configuration too, or tell everything about one')
    .argument('[id]', 'one of them')
    .option('--json', 'print JSON')
    .action(async (id: string | undefined, options: Options) => {
      if (id === undefined) await listProviders(options);
      else await showProvider(id, options);
    });
  withConfig(providers.command('check'))
    .description('run the contract checks and the vectors of a definition; exits with 1 when one fails')
    .argument('<id>', 'the provider, one of the configuration or one that comes with Hookport')
    .option('--json', 'print JSON')
    // The group takes the same options, and commander gives them to it.
    .action(async (id: string, _: Options, command: Command) => checkOne(id, command.optsWithGlobals<Options>()));
}

async function listProviders({ json, config }: Options): Promise<void> {
  const { catalogue, issues } = await loadProviders({ config });
  // Where there is none yet, those that come with Hookport are all.
  if (issues.length > 0 && existsSync(path.resolve(config)))
    console.error(`${config} has mistakes: hookport validate. A provider in it that has one is not listed.\n`);
  const providers = catalogue.ids().flatMap((id) => catalogue.get(id) ?? []);
  if (json) return printJson(providers.map(({ id, name, docs, checkedAt }) => ({ id, name, docs, checkedAt })));
  const rows = providers.map((provider) => [
    provider.id,
    provider.name,
    Object.values(schemesOf(provider)).map(describeScheme).join(' | '),
  ]);
  console.log(table([['ID', 'NAME', 'SIGNS WITH'], ...rows], '', { whole: 0 }));
}

function doubt({ unconfirmed }: Provider, fact: NonNullable<Provider['unconfirmed']>[number]): string {
  return unconfirmed?.includes(fact) ? ' (from memory, not confirmed)' : '';
}

/** What comes with Hookport needs no configuration. */
async function lookUp(id: string, config: string): Promise<{ provider: Provider; guide: ProviderGuide | undefined }> {
  const known = builtIn.get(id);
  if (known) return { provider: known, guide: await loadGuide(id) };
  const { issues, ...providers } = await loadProviders({ config });
  // It may be one that has a mistake.
  if (issues.length > 0 && !providers.catalogue.get(id)) throw new ConfigIssues(issues);
  return { provider: findProvider(id, providers), guide: await providers.guideOf(id) };
}

async function checkOne(id: string, { json, config }: Options): Promise<void> {
  const { provider, guide } = await lookUp(id, config);
  const vectors = (await guide?.vectors?.()) ?? [];
  const rows = await checkProvider(provider, (await guide?.samples()) ?? [], vectors);
  const failed = rows.filter(({ result }) => result === 'failed');
  const ran = rows.filter(({ result }) => result !== 'skipped').length;
  if (failed.length > 0 || ran === 0) process.exitCode = 1;
  if (json) return printJson(rows);
  console.log(table([['SCHEME', 'RESULT', 'CHECK'], ...rows.map((row) => [row.subject, row.result, row.check])]));
  for (const row of rows) if (row.detail !== '' && row.result === 'failed') console.log(`\n${describeFailure(row)}`);
  console.log(`\n${ran} checks ran, ${failed.length} failed, ${rows.length - ran} skipped`);
  if (vectors.length === 0) console.log(noVectors(guide));
}

function describeFailure({ subject, check, detail }: CheckRow): string {
  return `${subject}: ${check}\n  ${detail}`;
}

/** What stays unproved must be said: a definition with a wrong prefix verifies what it signs itself. */
function noVectors(guide: ProviderGuide | undefined): string {
  if (guide?.proof && guide.proof.kind !== 'self')
    return `Its proof stands in the tests: ${guide.proof.kind}, ${guide.proof.source}.`;
  return 'There is no vector: this shows that the definition is sound in itself, not that the provider signs like this.';
}

function documented({ docs, checkedAt }: Provider): string {
  return checkedAt === undefined ? `${docs}` : `${docs} (compared ${checkedAt})`;
}

/** What a source keeps: what comes only sometimes is not mapped, unless the way of signing needs it. */
function keptOf(provider: Provider, mapped: typeof mappedHeaders | typeof mappedQuery): string {
  const kept = Object.entries(schemesOf(provider)).map(([way, scheme]): [way: string, names: string] => {
    const names = Object.entries(mapped(provider, scheme)).flatMap(([name, when]) => (when === 'always' ? [name] : []));
    return [way, names.join(', ') || 'none'];
  });
  const [[, first] = ['', ''], ...others] = kept;
  if (others.every(([, names]) => names === first)) return first;
  return kept.map(([way, names]) => `${way}: ${names}`).join('; ');
}

/** Of each way of signing, where there are several. */
function signingOf(provider: Provider): string[][] {
  return Object.entries(schemesOf(provider)).flatMap(([way, scheme]) =>
    signingFacts(scheme).map(([name, fact]) => [name, (way === '' ? '' : `${way}: `) + fact]),
  );
}

async function showProvider(id: string, { json, config }: Options): Promise<void> {
  const { provider, guide } = await lookUp(id, config);
  const samples = (await guide?.samples()) ?? [];
  const events = [...new Set(samples.map(({ event }) => event))];
  if (json) return printJson({ ...provider, setup: guide?.setup, secretFrom: guide?.secretFrom, samples: events });
  const ways = Object.entries(schemesOf(provider)).map(
    ([way, scheme]) => (way === '' ? '' : `${way}: `) + describeScheme(scheme),
  );
  const { limits } = provider;
  const deliveryId =
    provider.deliveryId === 'hash'
      ? 'none; a hash stands in'
      : `from the provider, ${provider.deliveryId.signed ? 'signed' : 'not signed'}`;
  const signsUrl = Object.values(schemesOf(provider)).some((scheme) => needsOf(scheme).url);
  console.log(`${provider.name} (${provider.id})\n`);
  console.log(
    facts([
      ...(provider.direct ? [['no source yet', provider.direct.reason]] : []),
      ['signs with', ways.join('; ')],
      ...signingOf(provider),
      ...(guide?.proof ? [['proved by', `${guide.proof.kind}: ${guide.proof.source}`]] : []),
      ...(signsUrl ? [['needs', 'publicUrl at the source, exactly as it is typed at the provider']] : []),
      ['delivery id', deliveryId],
      ...(provider.items ? [['carries', 'several events in one request: delivery.items has each']] : []),
      ['headers kept', keptOf(provider, mappedHeaders)],
      ...(provider.query ? [['query kept', keptOf(provider, mappedQuery)]] : []),
      ['sends again', provider.retry.text + doubt(provider, 'retry')],
      ...(limits?.answerSeconds === undefined
        ? []
        : [['waits for', `${limits.answerSeconds} s${doubt(provider, 'answerSeconds')}`]]),
      ...(provider.docs === undefined ? [] : [['documented at', documented(provider)]]),
      ['samples', events.slice(0, 12).join(', ') + (events.length > 12 ? `, … ${events.length} in all` : '')],
    ]),
  );
  if (!guide || guide.setup.length === 0) return;
  console.log('\nTo connect it:');
  for (const [index, step] of guide.setup.entries())
    console.log(`  ${index + 1}. ${step.replaceAll('{url}', 'the URL of the source')}`);
}
