import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Provider, ProviderGuide } from '../../src/catalogue/provider.ts';
import { checkProvider } from '../../src/cli/check-provider.ts';
import { type PlatformProcess, TestProject } from '../e2e/platform-process.ts';

const root = path.resolve(import.meta.dirname, '../..');
const page = readFileSync(path.join(root, 'docs/add-a-provider.md'), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, text = '']) => text);
const [yaml = '', queryYaml = ''] = blocks('yaml');

describe('docs/add-a-provider.md', () => {
  const project = new TestProject(
    `  acme: { provider: acme, handler: test/fixtures/handlers/note-effects.ts }\n${yaml}`,
  );
  let platform: PlatformProcess;
  beforeAll(async () => {
    platform = await project.serve({ EFFECTS_FILE: project.file('effects') });
  });
  afterAll(async () => {
    await platform.stop();
    project.remove();
  });

  test('its provider passes every check, and its vector', async () => {
    expect(page).toContain('npx hookport providers check acme');
    const { code, stdout } = await project.cli(['providers', 'check', 'acme']);
    expect(stdout).toMatch(/acme +ok +vector 1, verified: made with openssl/);
    expect(stdout).toMatch(/\n\d+ checks ran, 0 failed, 0 skipped/);
    expect(code).toBe(0);
  });

  test('a slip in it is found by the vector, and ends the check with 1', async () => {
    const wrong = new TestProject(`  acme: { provider: acme }\n${yaml.replace('encoding: hex', 'encoding: base64')}`);
    const { code, stdout } = await wrong.cli(['providers', 'check', 'acme']);
    wrong.remove();
    expect(stdout).toMatch(/acme +failed +vector 1/);
    expect(stdout).toContain('expected verified, got malformed_signature');
    expect(code).toBe(1);
  });

  test('what openssl signs is the vector’s signature', () => {
    const command = blocks('sh').find((text) => text.includes('openssl')) ?? '';
    const { stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
    const signature = stdout.trim().split(' ').at(-1) ?? '';
    expect(signature).toMatch(/^[0-9a-f]{64}$/);
    expect(yaml).toContain(`v1=${signature}`);
  });

  test('its sample is sent, signed, and handled', async () => {
    const { code, stdout } = await project.cli(['send', 'acme', '--data', project.data], { NO_COLOR: '1' });
    expect(stdout).toMatch(/^acme: order\.created → /);
    expect(stdout).toMatch(/outcome +handled after/);
    expect(code).toBe(0);
  });

  test('its steps are told with the URL in them', async () => {
    const { stdout } = await project.cli(['urls', '--data', project.data]);
    expect(stdout).toContain(`1. In Settings > Webhooks enter ${platform.gateway}/acme.`);
  });

  test('its provider with a token in the query passes every check, and urls prints what the page says', async () => {
    const domain = 'domain: { name: hooks.example.com, hostedZone: { id: Z0123456789ABC, name: example.com } }';
    const other = new TestProject(`  acme-url: { provider: acme-url }\n${domain}\n${queryYaml}`);
    const checked = await other.cli(['providers', 'check', 'acme-url']);
    const { stdout } = await other.cli(['urls']);
    other.remove();
    expect(checked.stdout).toMatch(/\d+ checks ran, 0 failed/);
    expect(page).toContain('`https://hooks.example.com/acme-url?token=<secret>`');
    expect(stdout).toContain('https://hooks.example.com/acme-url?token=<secret>\n');
  });

  test('its files for providers/ pass the same checks', async () => {
    const [definition = '', samples = ''] = blocks('ts');
    const load = async (name: string, text: string): Promise<unknown> => {
      // Within the project, so that its imports and its TypeScript are those of a file in providers/.
      const file = path.join(root, `test/docs/${name}-${process.pid}.ts`);
      writeFileSync(file, text.replace(/'(?:\.\.\/)+src\//g, "'../../src/"));
      try {
        return await import(pathToFileURL(file).href);
      } finally {
        rmSync(file);
      }
    };
    const { acme } = (await load('acme', definition)) as { acme: Provider };
    const { guide } = (await load('acme-samples', samples)) as { guide: ProviderGuide };
    const rows = await checkProvider(acme, await guide.samples(), await guide.vectors?.());
    expect(rows.filter(({ result }) => result !== 'ok')).toEqual([]);
    expect(rows.at(-1)?.check).toMatch(/^vector 1/);
  });
});
