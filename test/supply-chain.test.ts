import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, test } from 'vitest';

const root = new URL('../', import.meta.url);
const read = (file: string): unknown => JSON.parse(readFileSync(new URL(file, root), 'utf8'));
const manifest = read('package.json') as Record<string, Record<string, string | boolean>>;
const lockfile = read('package-lock.json') as {
  lockfileVersion: number;
  packages: Record<string, LockedPackage>;
};
interface LockedPackage {
  version: string;
  integrity?: string;
  resolved?: string;
  inBundle?: boolean;
  dev?: boolean;
  link?: boolean;
  hasInstallScript?: boolean;
}
const locked = Object.entries(lockfile.packages).filter(([place]) => place !== '');
const nameOf = (place: string) => place.split('node_modules/').at(-1) ?? '';

function run(script: string, env: Record<string, string> = {}): Promise<{ code: number; stdout: string }> {
  return new Promise((resolve) => {
    const options = { cwd: root, env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, [`scripts/${script}.ts`], options, (error, stdout) =>
      resolve({ code: Number(error?.code ?? 0), stdout }),
    );
  });
}

describe('what is installed', () => {
  test('is pinned: each dependency of ours names one version', () => {
    for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies'])
      for (const [name, version] of Object.entries(manifest[kind] ?? {}))
        expect(`${name} ${String(version)}`).toMatch(/ \d+\.\d+\.\d+$/);
  });

  test('is what the lockfile says, to the byte, wherever it comes from', () => {
    expect(lockfile.lockfileVersion).toBe(3);
    expect(locked.length).toBeGreaterThan(100);
    expect(locked.filter(([, { link, resolved }]) => link || resolved).map(([place]) => place)).toEqual([]);
    const [bundled, fetched] = [true, false].map((inside) =>
      locked.filter(([, each]) => (each.inBundle ?? false) === inside),
    );
    for (const [place, { integrity }] of fetched ?? [])
      expect(`${place} ${integrity}`).toMatch(/ sha512-[\w+/]{86}==$/);
    // What a package carries within itself is covered by the integrity of that package.
    for (const [place] of bundled ?? [])
      expect(fetched?.some(([outer]) => place.startsWith(`${outer}/node_modules/`))).toBe(true);
  });

  test('runs nothing at its installation: who has an install script is known, and denied', () => {
    const scripted = locked.filter(([, { hasInstallScript }]) => hasInstallScript).map(([place]) => nameOf(place));
    expect(Object.fromEntries(scripted.map((name) => [name, false]))).toEqual(manifest['allowScripts']);
  });
});

test('npm run sbom lists all that runs in production, and nothing else', async () => {
  const { code, stdout } = await run('sbom');
  expect(code).toBe(0);
  const { bomFormat, components } = JSON.parse(stdout) as {
    bomFormat: string;
    components: { name: string; version: string }[];
  };
  expect(bomFormat).toBe('CycloneDX');
  const runtime = locked.filter(([, { dev }]) => !dev).map(([place, { version }]) => `${nameOf(place)}@${version}`);
  expect(new Set(components.map(({ name, version }) => `${name}@${version}`))).toEqual(new Set(runtime));
});

describe('npm run audit', () => {
  let stop: () => void = () => undefined;
  afterEach(() => stop());
  // npm keeps advisories, and these are made up.
  const cache = mkdtempSync(join(tmpdir(), 'hookport-npm-cache-'));
  afterAll(() => rmSync(cache, { recursive: true }));

  /** A registry that knows nothing but advisories. */
  async function registry(advisories: Record<string, unknown[]> | undefined): Promise<Record<string, string>> {
    const answer = async (request: IncomingMessage, response: ServerResponse) => {
      const sent = Buffer.concat((await request.toArray()) as Buffer[]);
      const asked = sent[0] === 0x1f ? gunzipSync(sent) : sent;
      const isBulk = request.url === '/-/npm/v1/security/advisories/bulk' && asked.includes('"yaml"');
      response.writeHead(advisories && isBulk ? 200 : 405, { 'content-type': 'application/json' });
      response.end(JSON.stringify(isBulk ? advisories : {}));
    };
    const server = createServer((request, response) => void answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stop = () => server.close().closeAllConnections();
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    return { npm_config_registry: url, npm_config_fetch_retries: '0', npm_config_cache: cache };
  }
  const advisory = (id: number, severity: string) => ({
    id,
    url: `https://advisories.example/${id}`,
    title: 'it does what it should not',
    severity,
    vulnerable_versions: '*',
  });

  test('fails on a grave vulnerability of what runs in production, and names it', async () => {
    const { code, stdout } = await run('audit', await registry({ yaml: [advisory(1, 'critical')] }));
    expect(stdout).toContain('critical: yaml');
    expect(stdout).toContain('it does what it should not');
    expect(code).toBe(1);
  });

  test('tells a lesser one and goes on', async () => {
    const { code, stdout } = await run('audit', await registry({ yaml: [advisory(2, 'low')] }));
    expect(stdout).toContain('low: yaml');
    expect(code).toBe(0);
  });

  test('says that it has checked nothing where the registry cannot be asked', async () => {
    const { code, stdout } = await run('audit', await registry(undefined));
    expect(stdout).toMatch(/^NOT CHECKED .*405/);
    expect(code).toBe(0);
  });
});
