import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Catalogue } from '../../src/catalogue/provider.ts';
import { extendCatalogue } from '../../src/catalogue/registry.ts';
import type { Plan, SourcePlan } from '../../src/plan/plan.ts';
import { consumerEntry, handlerEntry } from './consumer-entry.ts';
import { bundledRuntime, createRuntimeBundler, runtimeModules } from './consumer-runtime.ts';
import { type BundleFiles, runEsbuild } from './esbuild.ts';
import { payloadSchemaPlugin } from './payload-schema.ts';

export interface BundleOptions {
  plan: Plan;
  /** What it lacks is in the plan. */
  catalogue: Catalogue;
  /** The project's root: handler paths are relative to it. */
  root: string;
  /** Where the bundles go, a folder for each source. */
  outDir: string;
}

/**
 * Bundles the consumer of every source that has one, all within one esbuild process: the CDK's `NodejsFunction` would
 * start one for each, at 1.25 s. A source's bundle depends on its own plan, provider and handler alone, so that
 * another source's change does not deploy it anew.
 *
 * @returns the folder of each source's bundle
 * @throws Error with what esbuild finds wrong in a handler, and its place
 */
export async function bundleConsumers({ plan, root, outDir, ...options }: BundleOptions): Promise<Map<string, string>> {
  const catalogue = extendCatalogue(options.catalogue, plan.providers);
  const runtimeOf = createRuntimeBundler(root);
  const folders = new Map<string, string>();
  for (const source of plan.sources) {
    if (!source.consumer || source.consumer.worker) continue;
    const folder = join(outDir, source.id);
    writeFiles(folder, await bundleConsumer(source, { catalogue, root, runtimeOf }));
    folders.set(source.id, folder);
  }
  return folders;
}

interface Tools {
  catalogue: Catalogue;
  root: string;
  runtimeOf: ReturnType<typeof createRuntimeBundler>;
}

/** Entry, provider and handler beside a copy of the runtime; all in one where the handler uses the AWS SDK as well. */
async function bundleConsumer(source: SourcePlan, { catalogue, root, runtimeOf }: Tools): Promise<BundleFiles> {
  const schema = source.consumer?.payloadSchema;
  const plugins = schema === undefined ? [] : [payloadSchemaPlugin(root, schema)];
  const small = await runEsbuild(root, {
    entries: {
      index: await consumerEntry(source, { catalogue, root, runtime: bundledRuntime }),
      ...handlerEntry(source),
    },
    external: Object.values(bundledRuntime),
    plugins,
  });
  if (small.usesAwsSdk) {
    const index = await consumerEntry(source, { catalogue, root, runtime: runtimeModules });
    return (await runEsbuild(root, { entries: { index, ...handlerEntry(source) }, plugins })).files;
  }
  return new Map([...small.files, ...(await runtimeOf(source))]);
}

function writeFiles(folder: string, files: BundleFiles): void {
  for (const [path, contents] of files) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, contents);
  }
}
