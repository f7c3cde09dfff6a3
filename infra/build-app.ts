import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { catalogue } from '../providers/index.ts';
import { formatIssue } from '../src/config/issue.ts';
import { loadConfig } from '../src/config/load.ts';
import { makePlan } from '../src/plan/make-plan.ts';
import { makeDoctorPlan } from '../src/plan/doctor.ts';
import { bundleConsumers } from './bundle/bundle-consumers.ts';
import { workerImage } from './worker-image.ts';
import { WebhookStack } from './webhook-stack.ts';

const root = join(import.meta.dirname, '..');

/**
 * The app with its one stack, from the configuration that `-c config=FILE` names. Ends the process with every mistake of
 * the configuration, if it has any.
 */
export async function buildApp(): Promise<{ app: App; stack: WebhookStack }> {
  const app = new App();
  // `hookport deploy --config FILE` passes it on as context; with the CDK CLI itself: -c config=FILE.
  const file = (app.node.tryGetContext('config') as string | undefined) ?? 'webhooks.config.yaml';
  const loaded = await loadConfig(resolve(root, file), { catalogue, root, shownAs: file });
  if (!loaded.ok) {
    for (const issue of loaded.issues) process.stderr.write(`${formatIssue(issue)}\n`);
    process.exit(1);
  }

  const plan = makePlan(loaded.config, catalogue);
  const bundles = mkdtempSync(join(tmpdir(), 'hookport-bundles-'));
  try {
    const folders = await bundleConsumers({ plan, catalogue, root, outDir: bundles });
    const stack = new WebhookStack(app, plan.name, {
      plan,
      imageOf: workerImage(root, relative(root, resolve(root, file))),
      codeOf: ({ id }) => Code.fromAsset(folders.get(id) ?? bundles),
      // `hookport deploy --doctor`; the next deploy without it takes it away.
      doctor: app.node.tryGetContext('doctor') === 'true' ? makeDoctorPlan(plan.name) : undefined,
      description: 'Webhooks: an endpoint, a queue and a consumer for each source (Hookport)',
    });
    return { app, stack };
  } finally {
    // The CDK has copied what it needs.
    rmSync(bundles, { recursive: true });
  }
}
