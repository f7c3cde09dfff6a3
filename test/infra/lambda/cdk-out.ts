import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeContractConfig } from '../../contract/consumer.ts';
import type { CloudFormationTemplate } from '../template-interpreter.ts';
import { startFunction } from './function-process.ts';

const root = join(import.meta.dirname, '../../..');

/** A source's function as the template has it. */
interface BuiltFunction {
  /** The folder of its asset. */
  asset: string;
  environment: Record<string, unknown>;
  timeoutSeconds: number;
}

/** Where a function's references lead on this machine. */
export interface LocalAws {
  urls: { queue: string; deadLetterQueue: string };
  endpoints: { sqs: string; secretsManager: string; dynamoDb: string };
  /** Name of the secret in Secrets Manager. */
  secretId: string;
}

/** In the environment of the synthesis, and nowhere in what it writes. */
export const plantedSecret = 'MARK-planted-at-synthesis';

/** A `cdk.out` of the contract's configuration. */
export interface CdkOut {
  folder: string;
  /** Starts a source's function in a fresh process. */
  start(source: string, aws: LocalAws): Promise<Awaited<ReturnType<typeof startFunction>> & { timeoutMs: number }>;
  remove(): void;
}

/** As `hookport synth` has it done: the project's own app in a process of its own, into a `cdk.out`. */
export function synthContract(): CdkOut {
  const cdkOut = mkdtempSync(join(tmpdir(), 'hookport-cdk-out-'));
  const config = writeContractConfig();
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as { context: object };
  const { status, stderr } = spawnSync(process.execPath, ['infra/app.ts'], {
    cwd: root,
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      // As on a machine where people also run it locally.
      PLAIN_WEBHOOK_SECRET: plantedSecret,
      CDK_OUTDIR: cdkOut,
      // What the CDK's own validation finds is for test/infra/validation.test.ts.
      CDK_VALIDATION: 'false',
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, config: config.file }),
    },
  });
  config.remove();
  if (status !== 0) throw new Error(`infra/app.ts ended with ${status}: ${stderr}`);
  const template = JSON.parse(readFileSync(join(cdkOut, 'contract.template.json'), 'utf8')) as CloudFormationTemplate;
  return {
    folder: cdkOut,
    async start(source, aws) {
      const { asset, environment, timeoutSeconds } = functionOf(template, cdkOut, source);
      const lambda = await startFunction(asset, {
        ...resolved(environment, aws),
        AWS_ENDPOINT_URL_SQS: aws.endpoints.sqs,
        AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.endpoints.secretsManager,
        AWS_ENDPOINT_URL_DYNAMODB: aws.endpoints.dynamoDb,
      });
      return { ...lambda, timeoutMs: timeoutSeconds * 1000 };
    },
    remove: () => rmSync(cdkOut, { recursive: true }),
  };
}

function functionOf(template: CloudFormationTemplate, cdkOut: string, source: string): BuiltFunction {
  const found = Object.entries(template.Resources).find(
    ([id, { Type }]) => Type === 'AWS::Lambda::Function' && id.startsWith(`Source${source}Consumer`),
  );
  const { Code, Environment, Timeout } = (found?.[1].Properties ?? {}) as {
    Code?: { S3Key: string };
    Environment?: { Variables: Record<string, unknown> };
    Timeout?: number;
  };
  if (!Code || !Environment || Timeout === undefined) throw new Error(`the template has no function of ${source}`);
  const asset = join(cdkOut, `asset.${Code.S3Key.replace(/\.zip$/, '')}`);
  return { asset, environment: Environment.Variables, timeoutSeconds: Timeout };
}

/** What the stack's references come to; whatever else the function needs, the template must say. */
function resolved(environment: Record<string, unknown>, { urls, secretId }: LocalAws): Record<string, string> {
  const references: Record<string, string> = {
    HOOKPORT_QUEUE_URL: urls.queue,
    HOOKPORT_DEAD_LETTER_QUEUE_URL: urls.deadLetterQueue,
    HOOKPORT_SECRET_ID: secretId,
    HOOKPORT_DEDUPLICATION_TABLE: 'table',
  };
  return Object.fromEntries(
    Object.entries(environment).map(([variable, value]): [string, string] => {
      const text = references[variable] ?? (typeof value === 'string' ? value : undefined);
      if (text === undefined) throw new Error(`what is ${variable}?`);
      return [variable, text];
    }),
  );
}
