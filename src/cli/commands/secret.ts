import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import { describeOther, otherCredential } from '../../catalogue/other-credential.ts';
import { providerOf } from '../../catalogue/registry.ts';
import { schemeOf } from '../../catalogue/scheme-of.ts';
import { secretReasons } from '../../delivery/authenticate.ts';
import { HookportError } from '../../errors.ts';
import type { RedriveReport } from '../../consumer/redrive.ts';
import type { SecretPlan, SourcePlan } from '../../plan/plan.ts';
import { isKeyValue, previousCountsMs } from '../../secrets/secrets-manager.ts';
import { secretProblem } from '../../signature/secret.ts';
import { standardWebhooks } from '../../signature/standard-webhooks.ts';
import type { SecretVersion } from '../aws/secret-versions.ts';
import { createProgress } from '../progress.ts';
import { type ConfigOption, findSource, loadProject, type Project, withConfig } from '../project.ts';
import { sameProject } from '../running.ts';
import { facts, printJson } from '../table.ts';

/** The signing secrets on AWS. On one machine they stand in the environment or in `.env`. */
export function addSecret(program: Command): void {
  const secret = program.command('secret').description('the signing secrets in AWS Secrets Manager');

  withConfig(secret.command('set'))
    .description('set a source’s secret on AWS, asked for or read from stdin; the one before counts for 7 more days')
    .argument('<source>', 'its id in the configuration')
    .addOption(forwardOption())
    .option(
      '--redrive',
      'then verify its dead letters again, which a wrong secret put there; once more after 75 seconds',
    )
    .action(async (id: string, options: ConfigOption & ForwardOption & { redrive?: true }) => {
      const project = await loadProject(options);
      const source = findSource(project.plan, id);
      const planned = secretOf(source, options);
      const of = options.forward ? `the forward of ${id}` : id;
      const value = (await readSecret(of)).replace(/\r?\n$/, '');
      await refuseUnusable(source, project, value, options);
      const { putSecret } = await import('../aws/secret-versions.ts');
      const isNew = await putSecret(planned, value);
      const sooner = options.forward ? '' : ', and for a mismatch within one';
      console.log(
        isNew
          ? `The secret of ${of} is set. Functions that run take it up within 5 minutes${sooner}.`
          : `The secret of ${of} is that already; nothing was changed, and its previous one still counts.`,
      );
      if (!options.redrive) return;
      await redriveAll(source, project, { ...options, changed: isNew && !options.forward });
    });

  withConfig(secret.command('revoke'))
    .description('make the previous secret of a source on AWS count no more, within 5 minutes')
    .argument('<source>', 'its id in the configuration')
    .addOption(forwardOption())
    .action(async (id: string, options: ConfigOption & ForwardOption) => {
      const source = findSource((await loadProject(options)).plan, id);
      const { revokePrevious } = await import('../aws/secret-versions.ts');
      const revoked = await revokePrevious(secretOf(source, options));
      const of = options.forward ? `the forward of ${id}` : id;
      console.log(revoked ? `The previous secret of ${of} counts no more.` : `${of} has no previous secret.`);
    });

  withConfig(secret.command('status'))
    .description('which sources have a secret on AWS and which versions of it count; never its value')
    .argument('[source]', 'its id in the configuration')
    .option('--json', 'print JSON')
    .action(async (id: string | undefined, options: ConfigOption & { json?: true }) => {
      const { plan } = await loadProject(options);
      const sources = id === undefined ? plan.sources : [findSource(plan, id)];
      const secrets = sources.flatMap(secretsOf);
      // Says why there is none.
      const [only] = sources;
      if (id !== undefined && only && secrets.length === 0) secretOf(only, {});
      const found = await Promise.all(
        secrets.map(async ({ source, signs, secret: planned }) =>
          Object.assign({ source, signs, secret: planned.name }, await versionsOf(planned)),
        ),
      );
      const rows = await withLastMatches(plan.name, found);
      if (options.json) printJson(rows);
      else
        console.log(
          // Whole, whatever the terminal's width: names and commands are there to be copied.
          facts([
            ['SOURCE', 'SECRET', 'VERSIONS'],
            ...rows.map((row) => [
              row.source,
              row.secret,
              row.problem ||
                describeVersions(row.versions) ||
                `not set: hookport secret set ${row.source}${row.signs === 'forward' ? ' --forward' : ''}${sameProject(options)}`,
            ]),
          ]),
        );
      if (rows.some(({ versions }) => versions.length === 0)) process.exitCode = 1;
    });

  for (const command of secret.commands) command.exitOverride().showHelpAfterError('(add --help for what it takes)');
}

/** Of a source that is not deployed yet there is no secret: the others are worth knowing all the same. */
async function versionsOf(secret: SecretPlan): Promise<{ versions: SecretVersion[]; problem?: string }> {
  const { secretVersions } = await import('../aws/secret-versions.ts');
  try {
    return { versions: await secretVersions(secret) };
  } catch (error) {
    if (error instanceof HookportError && error.code === 'secret_missing')
      return { versions: [], problem: error.message };
    throw error;
  }
}

interface MatchedVersion extends SecretVersion {
  /** Begin of the hour, ISO 8601; null where nothing matched in the last 30 days. Absent where it cannot be told. */
  lastMatchedAt?: string | null;
}

/** Adds when each version last verified a delivery. What signs a forward verifies none. */
async function withLastMatches<Row extends { source: string; signs: string; versions: SecretVersion[] }>(
  stack: string,
  rows: readonly Row[],
): Promise<(Omit<Row, 'versions'> & { versions: MatchedVersion[] })[]> {
  const asked = rows.filter(({ signs, versions }) => signs === 'deliveries' && versions.length > 0);
  if (asked.length === 0) return [...rows];
  const { lastMatchedAt, lastMatches } = await import('../aws/last-matched.ts');
  const sources = asked.map(({ source }) => source);
  const matches = await lastMatches(stack, sources, Date.now()).catch((error: unknown) => {
    // The rest is worth knowing without leave to read metrics.
    console.error(`hookport: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  });
  if (!matches) return [...rows];
  return rows.map((row) => {
    const { source, versions } = row;
    const rotatedAt = Date.parse(versions.find(({ stage }) => stage === 'current')?.setAt ?? '');
    if (!asked.includes(row) || Number.isNaN(rotatedAt)) return row;
    const matched = versions.map((version): MatchedVersion => {
      const at = lastMatchedAt(version.stage, rotatedAt, matches.get(source) ?? {});
      return Object.assign(version, { lastMatchedAt: at === null ? null : new Date(at).toISOString() });
    });
    return { ...row, versions: matched };
  });
}

/** Such as `current (set 2026-01-02, last matched 2026-01-05 14h UTC), previous (counts until 2026-01-09, no match in 30 days)`. */
function describeVersions(versions: readonly MatchedVersion[]): string {
  const setAt = versions.find(({ stage }) => stage === 'current')?.setAt ?? null;
  return versions
    .map(({ stage, lastMatchedAt }) => {
      if (setAt === null) return stage;
      const matched = describeMatch(lastMatchedAt);
      if (stage === 'current') return `current (set ${dayOf(Date.parse(setAt))}${matched})`;
      const until = Date.parse(setAt) + previousCountsMs;
      return `previous (${until > Date.now() ? 'counts until' : 'counted until'} ${dayOf(until)}${matched})`;
    })
    .join(', ');
}

function describeMatch(at: string | null | undefined): string {
  if (at === undefined) return '';
  return at === null
    ? ', no match in 30 days'
    : `, last matched ${at.slice(0, 10)} in the hour from ${at.slice(11, 16)} UTC`;
}

function dayOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}

interface ForwardOption {
  forward?: true;
}

function forwardOption(): Option {
  return new Option('--forward', 'the secret that signs what the source forwards over HTTP, instead of its own');
}

/** The secrets of a source in Secrets Manager: the provider's, and the one that signs its forward. */
function secretsOf(source: SourcePlan): { source: string; signs: 'deliveries' | 'forward'; secret: SecretPlan }[] {
  const http = source.consumer?.forward?.http;
  return [
    ...(source.unsigned ? [] : [{ source: source.id, signs: 'deliveries' as const, secret: secretOf(source, {}) }]),
    ...(http ? [{ source: source.id, signs: 'forward' as const, secret: http.secret }] : []),
  ];
}

function secretOf(source: SourcePlan, { forward }: ForwardOption): SecretPlan {
  if (forward) {
    const http = source.consumer?.forward?.http;
    if (http) return http.secret;
    throw new HookportError('usage', `${source.id} forwards nothing over HTTP, so there is nothing to sign`);
  }
  if (source.unsigned) throw new HookportError('usage', `${source.id} has no secret: its provider signs nothing`);
  if (!source.secret) throw new HookportError('internal', `the plan of ${source.id} names no secret`);
  return source.secret;
}

async function refuseUnusable(
  source: SourcePlan,
  project: Project,
  value: string,
  { forward }: ForwardOption,
): Promise<void> {
  if (value.trim() === '') throw new HookportError('usage', 'the secret is empty; nothing was set');
  if (isKeyValue(value))
    throw new HookportError('usage', 'these are key/value pairs (JSON), and not the secret alone; nothing was set');
  const scheme = forward ? standardWebhooks() : schemeOf(providerOf(source, project), source.verify);
  const problem = secretProblem(scheme, value);
  if (problem !== undefined) throw new HookportError('usage', `the secret ${problem}; nothing was set`);
  const other = forward ? undefined : otherCredential(await project.guideOf(source.provider), value);
  if (other)
    throw new HookportError('usage', `the secret ${describeOther(other)}; take ${other.instead}; nothing was set`);
}

async function redriveAll(
  source: SourcePlan,
  project: Project,
  { changed, forward }: ForwardOption & { changed: boolean },
): Promise<void> {
  const provider = providerOf(source, project);
  const [{ redriveOnAws }, { redriveAfterChange }] = await Promise.all([
    import('../aws/redrive-aws.ts'),
    import('../aws/redrive-after-change.ts'),
  ]);
  // What a handler refused would reach it once more. A receiver answers a wrong signature as it answers other faults.
  const reason = forward ? [...secretReasons, 'forward_failed'] : secretReasons;
  const put = { source, provider, reason };
  if (!changed) return tell(await redriveOnAws(put), source.id);
  await redriveAfterChange({
    ...put,
    tell: (report) => tell(report, source.id),
    async wait(seconds) {
      const waiting = createProgress('waiting', { quiet: false, leaves: `later: hookport redrive ${source.id} --aws` });
      await waiting.around(async (show) => {
        console.log(
          `What came before the change may still be rejected for ${seconds} seconds, by the secret of before; then its dead letters are verified once more.`,
        );
        for (let second = 0; second < seconds; second += 1) {
          show(second, seconds);
          await sleep(1000);
        }
      });
    },
  });
}

function tell(report: RedriveReport, source: string): void {
  console.log(`${report.moved} dead letters went back to the queue.`);
  for (const [reason, count] of Object.entries(report.skipped)) console.log(`${count} are still refused: ${reason}`);
  if (report.notSelected > 0)
    console.log(
      `${report.notSelected} rest for what no secret changes and were left: hookport dlq list ${source} --aws`,
    );
  if (report.newer > 0)
    console.log(`${report.newer} came in meanwhile and were left: hookport redrive ${source} --aws`);
  if (report.failed > 0) process.exitCode = 1;
}

/** From a pipe as it is; from a terminal without showing it. */
async function readSecret(id: string): Promise<string> {
  if (!process.stdin.isTTY) return text(process.stdin);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
  process.stdout.write(`Signing secret of ${id} (not shown): `);
  try {
    return await new Promise((resolve, reject) => {
      // Ctrl-C and Ctrl-D end it, and nobody would answer.
      terminal.once('close', () => reject(new HookportError('cancelled', 'nothing was set')));
      terminal.question('', resolve);
    });
  } finally {
    terminal.close();
    process.stdout.write('\n');
  }
}
