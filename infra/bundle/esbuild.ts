import { relative } from 'node:path';
import { build, type BuildOptions, type Metafile } from 'esbuild';

/** The files of a bundle by their path within it. */
export type BundleFiles = ReadonlyMap<string, Uint8Array>;

/**
 * One run of esbuild with what Lambda's Node 24 takes: ES modules, minified, with source maps.
 *
 * Imports that are dynamic become chunks of their own: they are loaded only when something needs them, and one that
 * fails to load fails alone.
 */
export async function runEsbuild(
  root: string,
  options: Pick<BuildOptions, 'entryPoints' | 'stdin' | 'external' | 'entryNames'>,
): Promise<{ files: BundleFiles; metafile: Metafile }> {
  // Nothing is written there: source maps are relative to it, so that they are the same on every machine.
  const outdir = `${root}/bundle`;
  const { outputFiles, metafile } = await build({
    ...options,
    absWorkingDir: root,
    outdir,
    write: false,
    metafile: true,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    splitting: true,
    minify: true,
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    chunkNames: '[name]-[hash]',
    outExtension: { '.js': '.mjs' },
    mainFields: ['module', 'main'],
    legalComments: 'none',
    logLevel: 'silent',
    // Packages in CommonJS ask for Node's modules with `require`, which ES modules lack.
    banner: {
      js: "import{createRequire as hookportRequire}from'node:module';const require=hookportRequire(import.meta.url);",
    },
  });
  return { files: new Map(outputFiles.map(({ path, contents }) => [relative(outdir, path), contents])), metafile };
}
