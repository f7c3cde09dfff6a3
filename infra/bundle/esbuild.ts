import { relative } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';

/** The files of a bundle by their path within it. */
export type BundleFiles = ReadonlyMap<string, Uint8Array>;

/** Nothing is written there: source maps are relative to it, so that they are the same on every machine. */
const folder = 'bundle';

/** The modules to bundle by the name of their output; or the texts of some. */
export type BundleInput =
  | { modules: Readonly<Record<string, string>> }
  | { entries: Readonly<Record<string, string>>; external?: string[]; plugins?: Plugin[] };

/**
 * One run of esbuild with what Lambda's Node 24 takes: ES modules, minified, with source maps.
 *
 * Imports that are dynamic become chunks of their own: they are loaded only when something needs them, and one that
 * fails to load fails alone.
 */
export async function runEsbuild(
  root: string,
  input: BundleInput,
): Promise<{ files: BundleFiles; usesAwsSdk: boolean }> {
  const { outputFiles, metafile } = await build({
    ...('modules' in input
      ? { entryPoints: { ...input.modules } }
      : {
          entryPoints: Object.fromEntries(Object.keys(input.entries).map((name) => [name, `${entryScheme}${name}`])),
          external: input.external ?? [],
          plugins: [entriesPlugin(root, input.entries), ...(input.plugins ?? [])],
        }),
    absWorkingDir: root,
    outdir: `${root}/${folder}`,
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
    // Not by the handler's file: a quote in its name breaks esbuild's own metafile, and Node takes `?` and `%20` for a URL's.
    chunkNames: 'chunk-[hash]',
    outExtension: { '.js': '.mjs' },
    mainFields: ['module', 'main'],
    legalComments: 'none',
    logLevel: 'silent',
    // Packages in CommonJS ask for Node's modules with `require`, and for where they are, which ES modules lack.
    banner: {
      js: "import{createRequire as hookportRequire}from'node:module';const require=hookportRequire(import.meta.url),{dirname:__dirname,filename:__filename}=import.meta;",
    },
  });
  const names = Object.keys('modules' in input ? input.modules : input.entries);
  const reached = reachable(
    metafile,
    names.map((name) => `${folder}/${name}.mjs`),
  );
  const files = new Map<string, Uint8Array>();
  for (const { path, contents } of outputFiles) {
    const output = relative(root, path);
    if (reached.has(output.replace(/\.map$/, ''))) files.set(relative(folder, output), contents);
  }
  return { files, usesAwsSdk: [...reached].some((output) => holdsAwsSdk(metafile, output)) };
}

const entryScheme = 'hookport-entry:';

/** Modules that stand in no file. */
function entriesPlugin(root: string, entries: Readonly<Record<string, string>>): Plugin {
  return {
    name: 'entries',
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${entryScheme}`) }, ({ path }) => ({ path, namespace: 'entry' }));
      build.onLoad({ filter: /.*/, namespace: 'entry' }, ({ path }) => ({
        contents: entries[path.slice(entryScheme.length)] ?? '',
        loader: 'ts',
        resolveDir: root,
      }));
    },
  };
}

/**
 * What the entries can load. esbuild makes a chunk of every dynamic import that it meets, also of one in a function
 * that it then drops: importing `defineHandler` from `hookport` would bring the worker along.
 */
function reachable({ outputs }: Metafile, entries: readonly string[]): ReadonlySet<string> {
  const reached = new Set<string>();
  const waiting = [...entries];
  for (let output = waiting.pop(); output !== undefined; output = waiting.pop()) {
    if (reached.has(output)) continue;
    reached.add(output);
    for (const { path, external } of outputs[output]?.imports ?? []) if (!external) waiting.push(path);
  }
  return reached;
}

function holdsAwsSdk({ outputs }: Metafile, output: string): boolean {
  return Object.entries(outputs[output]?.inputs ?? {}).some(
    ([path, { bytesInOutput }]) => bytesInOutput > 0 && /node_modules\/(@aws-sdk|@smithy)\//.test(path),
  );
}
