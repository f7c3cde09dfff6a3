import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest';

/** Debian's; `.ci/run` installs it. */
const executablePath = '/usr/bin/chromium';

/** Shorter than a test may take, so that what did not come is told; the machine may have much else to do. */
const patienceMs = 20_000;

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

/**
 * One page that the tests of a block use one after another. A new one, and one in which another origin is opened, costs the
 * browser a process, which is three times what an address costs in one that is there: so open one origin alone. The routes,
 * the size and the media that a test sets are taken back, and what it changes in the document goes with that. A clock or
 * a time zone would stay: who needs one makes a page of its own. After a test that failed there is a new one.
 *
 * @param make Makes it.
 * @returns gives it, once a test runs
 */
export function onePage(make: () => Promise<Page>): () => Page {
  let page: Page | undefined;
  let size: ReturnType<Page['viewportSize']>;
  beforeEach(async () => {
    if (page) return;
    page = await make();
    page.setDefaultTimeout(patienceMs);
    size = page.viewportSize();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') {
      await page?.close();
      page = undefined;
    }
    await page?.unrouteAll({ behavior: 'ignoreErrors' });
    if (size) await page?.setViewportSize(size);
    await page?.emulateMedia({ media: null, colorScheme: null });
  });
  return () => {
    if (!page) throw new Error('no test runs');
    return page;
  };
}
