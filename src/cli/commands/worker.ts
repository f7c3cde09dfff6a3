import path from 'node:path';
import type { Command } from 'commander';
import { embeddedMetrics } from '../../consumer/lambda/embedded-metrics.ts';
import { isUnwell, logRecord } from '../../consumer/log-record.ts';
import { createTaskProtection } from '../../consumer/task-protection.ts';
import { createWorker } from '../../create-worker.ts';
import { HookportError } from '../../errors.ts';
import { createJsonLog } from '../../json-log.ts';
import { workerRunSeconds } from '../../plan/delivery-seconds.ts';
import type { Log } from '../../log.ts';
import type { ConsumerPlan, SourcePlan } from '../../plan/plan.ts';
import { createSecretsManagerStore } from '../../secrets/secrets-manager.ts';
import type { SecretStore } from '../../secrets/secret-store.ts';
import { forwardSecretOf } from '../../secrets/variables.ts';
import { type ConfigOption, findSource, loadProject, projectRoot, withConfig } from '../project.ts';

interface Options extends ConfigOption {
  envSecrets?: true;
}

/** What a container runs. */
export function addWorker(program: Command): void {
  withConfig(program.command('worker'))
    .description('run a source’s consumer in this process, against its queue on SQS, until SIGTERM')
    .argument('<source>', 'its id in the configuration')
    .option('--env-secrets', 'read signing secrets from the environment and .env, not from Secrets Manager')
    .addHelpText(
      'after',
      '\nWhat the containers of `consumer: worker` run; it runs as well in any other place that has credentials for AWS.\nLog lines go to stderr, metrics in CloudWatch’s embedded format to stdout. SIGTERM and SIGINT let what was started finish.',
    )
    .action(async (id: string, options: Options) => {
      const { plan } = await loadProject(options);
      const source = findSource(plan, id);
      if (!source.consumer)
        throw new HookportError('usage', `${id} has neither \`handler\` nor \`forward\`, so there is nothing to run`);
      const log = createJsonLog();
      const stopped = untilStopped();
      const worker = await createWorker({
        source: id,
        config: path.resolve(options.config),
        root: projectRoot,
        log,
        ...(options.envSecrets ? {} : { secrets: secretsOf(source) }),
        ...deduplicationOf(source.consumer),
        ...protectionOf(source.consumer, log),
        record: (record) => {
          // The others are in the log already.
          if (!isUnwell(record)) logRecord(log, record);
          const lines = embeddedMetrics([record], { stack: plan.name, source: id, now: Date.now() });
          for (const line of lines) process.stdout.write(`${line}\n`);
        },
      });
      log.info('the worker runs', { source: id, queue: source.queue.name });
      log.info('the worker stops; what was started finishes', { source: id, signal: await stopped });
      await worker.stop();
      log.info('the worker has stopped', { source: id });
      // A handler may keep connections open, which would keep the process until it is killed.
      process.exit();
    });
}

/** Taken from the start on: as the first process of a container, this one would not see a signal that it has not asked for. */
function untilStopped(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });
}

function secretsOf({ id, secret, consumer }: SourcePlan): SecretStore {
  const names = new Map([
    ...(secret ? [[id, secret.name] as const] : []),
    ...(consumer?.forward?.http ? [[forwardSecretOf(id), consumer.forward.http.secret.name] as const] : []),
  ]);
  return createSecretsManagerStore({
    client: async () => (await import('../../consumer/lambda/secrets-client.ts')).secretsClient(),
    secretId: (key) => names.get(key) ?? '',
  });
}

/** The stack tells its table; elsewhere, a file of one's own would serve one process alone. */
function deduplicationOf({ deduplicate }: ConsumerPlan): { deduplicationTable?: string } {
  const table = process.env['HOOKPORT_DEDUPLICATION_TABLE'];
  if (!deduplicate) return {};
  if (table) return { deduplicationTable: table };
  throw new HookportError(
    'usage',
    'the source deduplicates: set HOOKPORT_DEDUPLICATION_TABLE to the DynamoDB table of its stack',
  );
}

function protectionOf(consumer: ConsumerPlan, log: Log) {
  const agentUri = process.env['ECS_AGENT_URI'];
  if (!agentUri || consumer.worker?.outlastsStop !== true) return {};
  const expiresInMinutes = Math.ceil(workerRunSeconds(consumer) / 60) + 1;
  return { protection: createTaskProtection({ agentUri, expiresInMinutes, log }) };
}
