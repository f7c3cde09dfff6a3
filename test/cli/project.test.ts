import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadProject } from '../../src/cli/project.ts';

test('a mapping that is longer than API Gateway takes is refused before a deploy, and says what to do', async () => {
  const config = join(mkdtempSync(join(tmpdir(), 'hookport-project-')), 'webhooks.config.yaml');
  const write = (count: number) => {
    const headers = Array.from({ length: count }, (_, index) => `x-acme-header-${index}: always`);
    writeFileSync(
      config,
      `name: acme
providers:
  own:
    name: Own
    docs: https://example.com/docs
    verify: { scheme: token, at: { header: x-acme-token } }
    headers: { content-type: always, x-acme-token: always, ${headers.join(', ')} }
    eventType: [{ header: x-acme-header-0 }]
    deliveryId: { at: [{ header: x-acme-header-1 }], signed: false }
    retry: { text: never, horizonSeconds: 0 }
sources:
  a: { provider: own }
`,
    );
    return loadProject({ config });
  };
  await expect(write(6)).resolves.toMatchObject({ plan: { name: 'acme' } });
  await expect(write(7)).rejects.toMatchObject({
    issues: [
      {
        message: expect.stringMatching(/^sources\.a: .* of own has 5\d\d characters, and API Gateway takes 512; take/),
      },
    ],
  });
});
