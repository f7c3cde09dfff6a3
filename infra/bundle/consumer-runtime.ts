import type { SourcePlan } from '../../src/plan/plan.ts';
import { type BundleFiles, runEsbuild } from './esbuild.ts';

/** Where a bundle holds the runtime. */
const runtimeFolder = 'runtime';

/** What the generated entries import, by the name of the module in the runtime's folder. */
export const runtimeModules = {
  start: './src/consumer/lambda/start.ts',
  deduplication: './src/consumer/lambda/deduplication.ts',
  eventBus: './src/consumer/lambda/event-bus.ts',
} as const;

export type RuntimeModule = keyof typeof runtimeModules;

/** The same modules as a bundle holds them, beside its entry. */
export const bundledRuntime: Readonly<Record<RuntimeModule, string>> = {
  start: `./${runtimeFolder}/start.mjs`,
  deduplication: `./${runtimeFolder}/deduplication.mjs`,
  eventBus: `./${runtimeFolder}/eventBus.mjs`,
};

/** What a source's function needs of them: each brings a client of the AWS SDK that others need not carry. */
export function runtimeNeeds({ consumer }: SourcePlan): ReadonlySet<RuntimeModule> {
  return new Set<RuntimeModule>([
    'start',
    ...(consumer?.deduplicate ? (['deduplication'] as const) : []),
    ...(consumer?.forward?.eventBus === undefined ? [] : (['eventBus'] as const)),
  ]);
}

/**
 * The part that is the same in every function with the same needs: Hookport's consumer and the AWS SDK. Bundled once and copied into
 * each source's bundle, since minifying the SDK takes half a second.
 */
export function createRuntimeBundler(root: string): (source: SourcePlan) => Promise<BundleFiles> {
  const built = new Map<string, Promise<BundleFiles>>();
  const bundle = async (needs: ReadonlySet<RuntimeModule>): Promise<BundleFiles> => {
    const modules = Object.fromEntries([...needs].map((name) => [name, runtimeModules[name]]));
    const { files } = await runEsbuild(root, { modules });
    return new Map([...files].map(([path, contents]) => [`${runtimeFolder}/${path}`, contents]));
  };
  return (source) => {
    const needs = runtimeNeeds(source);
    const key = [...needs].join(' ');
    const files = built.get(key) ?? bundle(needs);
    built.set(key, files);
    return files;
  };
}
