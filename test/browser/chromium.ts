import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';

/** Debian's; `.ci/run` installs it. */
const executablePath = '/usr/bin/chromium';

/** Loopback needs no network, and nothing else may be asked for. */
const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Tests in a real browser, which gets a profile of its own and lives as long as the block. Without Chromium they are
 * skipped, and their title says so.
 *
 * @param body Registers the tests; it gets a function that gives the browser once they run.
 */
export function describeInBrowser(title: string, body: (browser: () => Browser) => void): void {
  const installed = existsSync(executablePath);
  const why = installed ? '' : ` (skipped: there is no ${executablePath})`;
  describe.skipIf(!installed)(`${title}${why}`, () => {
    let running: Browser | undefined;
    beforeAll(async () => {
      running = await chromium.launch({ executablePath, args });
    });
    afterAll(() => running?.close());
    body(() => {
      if (!running) throw new Error('no browser runs');
      return running;
    });
  });
}
