import { type BundleFiles, runEsbuild } from './esbuild.ts';

/** Where a bundle holds the runtime. */
export const runtimeFolder = 'runtime';

/** What the generated entries import, by the name of the module in the runtime's folder. */
export const runtimeModules = {
  start: './src/consumer/lambda/start.ts',
  deduplication: './src/consumer/lambda/deduplication.ts',
} as const;

/**
 * The part that is the same in every function: Hookport's consumer and the AWS SDK. Bundled once and copied into each
 * source's bundle, since minifying the SDK takes half a second.
 */
export function createRuntimeBundler(root: string): (needs: { deduplication: boolean }) => Promise<BundleFiles> {
  const built = new Map<boolean, Promise<BundleFiles>>();
  const bundle = async (deduplication: boolean): Promise<BundleFiles> => {
    const modules = deduplication ? runtimeModules : { start: runtimeModules.start };
    return (await runEsbuild(root, { modules })).files;
  };
  return ({ deduplication }) => {
    const files = built.get(deduplication) ?? bundle(deduplication);
    built.set(deduplication, files);
    return files;
  };
}
