import { readFileSync } from 'node:fs';
import { npmJson } from './npm-json.ts';

/**
 * Prints the bill of materials of what runs in production, in CycloneDX. npm's own `--omit dev` leaves out whatever a
 * development dependency needs too, so the whole is asked for, and what the lockfile marks as development is taken out.
 */
interface Bill {
  components: { 'bom-ref': string; name: string; version: string }[];
  dependencies: { ref: string; dependsOn?: string[] }[];
}

const lockfile = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as {
  packages: Record<string, { version: string; name?: string; dev?: boolean }>;
};
const runtime = new Set(
  Object.entries(lockfile.packages)
    .filter(([place, { dev }]) => place !== '' && dev !== true)
    .map(([place, { name, version }]) => `${name ?? place.split('node_modules/').at(-1)}@${version}`),
);

const bill = npmJson('sbom', '--sbom-format', 'cyclonedx', '--package-lock-only') as Bill | undefined;
if (!bill) throw new Error('npm sbom gave no bill of materials; it needs npm 10 or later');
const components = bill.components.filter(({ name, version }) => runtime.has(`${name}@${version}`));
const refs = new Set(components.map((component) => component['bom-ref']));
const [root, ...others] = bill.dependencies;
const dependencies = [...(root ? [root] : []), ...others.filter(({ ref }) => refs.has(ref))].map(
  ({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((each) => refs.has(each)) }),
);
console.log(JSON.stringify({ ...bill, components, dependencies }, null, 2));
