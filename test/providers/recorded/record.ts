import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { arrival } from '../oracle.ts';
import { recordAdyen } from './record-adyen.ts';
import { recordHubspot } from './record-hubspot.ts';
import { recordShopify } from './record-shopify.ts';
import { recordSquare } from './record-square.ts';
import { type Recorded, recordedFile } from './recorded.ts';

/**
 * `npm run record-sdks`: asks official SDKs what they make of the requests that the tests of their providers need, and writes it down.
 * Together they have 38,000 files, as many as everything else that is installed, and a test needs one of each: so they are installed
 * in a folder of their own, for as long as this takes.
 */
const sdks = {
  square: { name: 'square', version: '46.0.0', record: recordSquare },
  hubspot: { name: '@hubspot/api-client', version: '14.0.1', record: recordHubspot },
  adyen: { name: '@adyen/api-library', version: '32.1.0', record: recordAdyen },
  shopify: { name: '@shopify/shopify-api', version: '15.0.0', record: recordShopify },
};

const folder = mkdtempSync(join(tmpdir(), 'hookport-sdks-'));
try {
  writeFileSync(join(folder, 'package.json'), '{}');
  const packages = Object.values(sdks).map(({ name, version }) => `${name}@${version}`);
  const options = ['--ignore-scripts', '--no-audit', '--no-fund'];
  execFileSync('npm', ['install', ...options, ...packages], { cwd: folder, stdio: 'inherit' });
  const load = createRequire(join(folder, 'package.json'));
  // HubSpot's compares with now.
  Date.now = () => arrival;
  for (const [provider, { name, version, record }] of Object.entries(sdks)) {
    const recorded: Recorded = { sdk: `${name} ${version}`, ...(await record(load)) };
    writeFileSync(recordedFile(provider), `${JSON.stringify(recorded, null, 2)}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
