import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundleConsumers } from '../../infra/bundle/bundle-consumers.ts';
import { runEsbuild } from '../../infra/bundle/esbuild.ts';
import { catalogue } from '../../providers/index.ts';
import { loadConfig } from '../../src/config/load.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { root, writeConfig } from '../lib/platform.ts';

/** A function’s code, as it would be deployed. */
export interface Bundle {
  entry: string;
  kB: number;
  gzipKb: number;
}

/** A module of bench/cold-start, by the settings by which Hookport bundles. */
export async function bundleAlone(folder: string, module: string): Promise<Bundle> {
  const { files } = await runEsbuild(root, { modules: { index: `./bench/cold-start/${module}` } });
  for (const [path, contents] of files) {
    const target = join(folder, module, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, contents);
  }
  return measureFiles(join(folder, module));
}

/** As `hookport deploy` makes them for the example handlers. @returns by the source's id */
export async function bundleHookport(folder: string, sources: readonly string[]): Promise<Map<string, Bundle>> {
  const lines = sources.map((id) => `${id}: { provider: ${id}, handler: src/handlers/${id}.ts }`);
  const loaded = await loadConfig(writeConfig(folder, lines), { catalogue, root });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const plan = makePlan(loaded.config, catalogue);
  const folders = await bundleConsumers({ plan, catalogue, root, outDir: join(folder, 'hookport') });
  return new Map([...folders].map(([id, at]) => [id, measureFiles(at)]));
}

function measureFiles(at: string): Bundle {
  const modules = readdirSync(at, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.mjs'));
  const contents = modules.map((file) => readFileSync(join(at, file)));
  const sum = (sizes: readonly number[]) => sizes.reduce((all, size) => all + size, 0) / 1000;
  return {
    entry: join(at, 'index.mjs'),
    kB: sum(contents.map(({ length }) => length)),
    gzipKb: sum(contents.map((each) => gzipSync(each, { level: 9 }).length)),
  };
}
