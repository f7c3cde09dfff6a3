import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEventHub, type EventHub } from '../../src/local/api/event-hub.ts';
import type { ApiContext } from '../../src/local/api/context.ts';
import type { AttemptLine } from '../../src/local/consumer-protocol.ts';
import type { JournalEntry } from '../../src/local/journal/entry.ts';
import { sourcePlan } from '../infra/plans.ts';
import { entry, fakeJournal, type Harness, kept, startHarness } from '../local/api/harness.ts';
import { aRecord, failed } from '../local/journal/records.ts';
import { describeInBrowser, onePage } from './chromium.ts';

/** The machine may have much else to do. */
const patience = { timeout: 10_000 };
const began = Date.UTC(2026, 0, 2, 3, 4, 5);

/** One that ended; `seconds` after the beginning it had arrived. */
function attemptAt(seconds: number, changes: Partial<AttemptLine> = {}): AttemptLine {
  const { headers: _headers, body: _body, ...line } = aRecord();
  return {
    ...line,
    requestId: `at-${seconds}`,
    eventType: `at-${seconds}`,
    receivedAt: began + seconds * 1000,
    ...changes,
  };
}

function entryAt(seconds: number, changes: Partial<JournalEntry> = {}): JournalEntry {
  const receivedAt = began + seconds * 1000;
  return { ...entry, id: `at-${seconds}`, eventType: `at-${seconds}`, receivedAt, ...changes };
}

describeInBrowser('a page that stays open, in a browser', (browser) => {
  let harness: Harness;
  let events: EventHub;
  let listed: JournalEntry[];
  const pageOfAll = onePage(() => browser().newPage({ locale: 'en-US' }));
  let page: Page;
  /** Of all of them, so that the page stays at one origin. */
  let port = 0;

  beforeEach(async () => {
    events = createEventHub();
    listed = [];
    harness = await startHarness({ events, journal: fakeJournal({ list: async () => ({ entries: listed }) }) }, port);
    ({ port } = harness.api);
    page = pageOfAll();
  });
  afterEach(() => harness.api.close());

  const address = (path: string) => `http://127.0.0.1:${port}${path}`;
  async function open(path: string): Promise<void> {
    await page.goto(address(path));
    await page.locator('#live[data-state=live]').waitFor();
    await expect.poll(() => events.listeners).toBe(1);
  }
  /** Another platform behind the page. */
  async function restart(journal: Partial<ApiContext['journal']>, more: Partial<ApiContext> = {}): Promise<void> {
    await harness.api.close();
    harness = await startHarness({ events, journal: fakeJournal(journal), ...more }, port);
  }
  const types = () => page.locator('.rows .type').allInnerTexts();
  const status = () => page.locator('main [role=status]').first().innerText();
  /** As when another tab comes to the front, and when this one comes back. */
  const turn = (state: 'hidden' | 'visible') =>
    page.evaluate(`Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'))`);

  /** The page waits a hundredth as long as it would. */
  const hurry = () =>
    page.evaluate('const wait = setTimeout; window.setTimeout = (act, ms) => wait(act, ms / 100); undefined');

  it('has a delivery that took long where it arrived, below those that came later and were quicker', async () => {
    await open('/deliveries');
    events.publish([attemptAt(5)]);
    // Not by its text, which the page also tells to who does not see it.
    await expect.poll(types, patience).toEqual(['at-5']);
    events.publish([attemptAt(3, { durationMs: 9000 }), attemptAt(4)]);
    await expect.poll(types, patience).toEqual(['at-5', 'at-4', 'at-3']);
    events.publish([attemptAt(6)]);
    await expect.poll(types, patience).toEqual(['at-6', 'at-5', 'at-4', 'at-3']);
  });

  it('has one that took long also where it ended after the list was read and before it was here', async () => {
    await page.route('**/api/deliveries?*', async (route) => {
      const response = await route.fetch();
      events.publish([attemptAt(5)]);
      await expect.poll(types, patience).toEqual(['at-5']);
      events.publish([attemptAt(3, { durationMs: 9000 }), attemptAt(6)]);
      await expect.poll(types, patience).toContain('at-6');
      await route.fulfill({ response });
    });
    listed = [entryAt(2)];
    await open('/');
    await page.getByRole('link', { name: 'Deliveries' }).click();
    await expect.poll(types, patience).toContain('at-2');
    expect(await types()).toEqual(['at-6', 'at-5', 'at-3', 'at-2']);
  });

  it('tells what became of a row that its filters would not show any more', async () => {
    listed = [entryAt(1)];
    await open('/deliveries?outcome=failed');
    await page.locator('.row .pill', { hasText: 'failed' }).waitFor();
    events.publish([attemptAt(1, { attempt: 3 })]);
    await expect.poll(() => page.locator('.row .pill', { hasText: 'handled' }).isVisible(), patience).toBe(true);
  });

  it('counts a new delivery once, however often it is tried', async () => {
    listed = [entryAt(1)];
    await open('/deliveries');
    await page.locator('.row').focus();
    events.publish([1, 2, 3].map((attempt) => attemptAt(2, { attempt, outcome: failed })));
    await page.locator('.news').waitFor();
    expect(await page.locator('.news').innerText()).toBe('1 new: show');
  });

  it('does not say that there are new ones with a text of which it cannot know', async () => {
    listed = [entryAt(1)];
    await open('/deliveries?text=zen');
    events.publish([attemptAt(2), attemptAt(3)]);
    await page.locator('.news').waitFor();
    expect(await page.locator('.news').innerText()).toBe('There may be new ones: look again');
  });

  it('keeps who goes by keyboard in the row, when it was not listening for a while', async () => {
    listed = [entryAt(2), entryAt(1)];
    await open('/deliveries');
    await page.locator('.row').nth(1).focus();
    await turn('hidden');
    await turn('visible');
    await page.locator('#live[data-state=live]').waitFor();
    await page.locator('.news').waitFor();
    expect(await page.evaluate('document.activeElement === document.querySelectorAll(".row")[1]')).toBe(true);
  });

  it('says what went wrong with a list, and no longer that it reads', async () => {
    await open('/deliveries?outcome=nonsense');
    await page.getByText('outcome must be one of').waitFor();
    expect(await status()).toBe('');
  });

  it('goes on with a list after a page of it could not be read', async () => {
    let next: string | undefined = '1.1';
    await restart({ list: async () => ({ entries: listed, ...(next !== undefined && { next }) }) });
    await page.setViewportSize({ width: 800, height: 400 });
    let isDown = true;
    await page.route('**/api/deliveries?*cursor=*', (route) => (isDown ? route.abort() : route.continue()));
    listed = Array.from({ length: 60 }, (_, index) => entryAt(100 - index));
    await open('/deliveries');
    await page.getByText('at-100').waitFor();
    await page.evaluate('scrollTo(0, 1e6)');
    await page.getByText('Hookport does not answer').last().waitFor();
    // Away from the end of the list, where the page presses the button itself as soon as that comes into sight.
    await page.evaluate('scrollTo(0, 0)');
    isDown = false;
    listed = [entryAt(1)];
    next = undefined;
    await page.getByRole('button', { name: 'Show more' }).dispatchEvent('click');
    await expect.poll(() => page.getByText('at-1', { exact: true }).isVisible(), patience).toBe(true);
  });

  it('leaves the address alone when a filter was typed just before another view was opened', async () => {
    listed = [entryAt(1)];
    await open('/deliveries');
    await page.getByLabel('Event type').fill('push');
    await page.getByRole('link', { name: 'Sources' }).click();
    await page.getByRole('heading', { name: 'Sources' }).waitFor();
    await page.waitForTimeout(400);
    expect(new URL(page.url()).pathname).toBe('/');
  });

  it('has the time of a row with its day once that is not today any more', async () => {
    listed = [entryAt(0, { receivedAt: Date.UTC(2026, 0, 2, 23, 40) })];
    page = await browser().newPage({ locale: 'en-US', timezoneId: 'UTC' });
    await page.clock.install({ time: Date.UTC(2026, 0, 2, 23, 55) });
    await page.goto(address('/deliveries'));
    const times = () => page.locator('.rows time').allInnerTexts();
    await expect.poll(times, patience).toEqual(['23:40:00']);
    await page.clock.fastForward('10:00');
    await expect.poll(times, patience).toEqual(['Jan 2, 23:40:00']);
    await page.close();
  });

  it('reads a delivery anew after it did not listen for a while', async () => {
    let now = kept;
    await restart({ read: async () => now });
    await open(`/deliveries/${encodeURIComponent(kept.id)}`);
    await page.locator('main .head .pill', { hasText: 'failed' }).waitFor();
    await turn('hidden');
    now = { ...kept, outcome: 'handled', reason: undefined, detail: undefined, finishedAt: kept.finishedAt + 5000 };
    await turn('visible');
    await expect.poll(() => page.locator('main .head .pill', { hasText: 'handled' }).isVisible(), patience).toBe(true);
  });

  it('says that the platform has gone to who comes back to the page later', async () => {
    await open('/deliveries');
    await hurry();
    await turn('hidden');
    await page.waitForTimeout(200);
    await harness.api.close();
    await turn('visible');
    await expect.poll(() => page.getByText('Hookport does not answer').isVisible(), patience).toBe(true);
  });

  it('says of a source that it is paused', async () => {
    await open('/');
    const card = page.locator('.card').filter({ has: page.getByRole('heading', { name: 'zendesk' }) });
    await card.getByText('Paused').waitFor();
    expect(await page.getByText('Paused').count()).toBe(1);
  });

  it('shows how to register a source once it can be read, and meanwhile why it cannot', async () => {
    let isDown = true;
    await page.route('**/guide', (route) => (isDown ? route.abort() : route.continue()));
    await open('/');
    const card = page.locator('.card').first();
    await card.locator('summary').click();
    await card.getByText('Hookport does not answer').waitFor();
    isDown = false;
    await card.locator('summary').click();
    await card.locator('summary').click();
    await expect.poll(() => card.getByText('It sends again').isVisible(), patience).toBe(true);
  });

  it('tells when the samples of a source cannot be read, and fills in those of the source that stands there', async () => {
    await open('/send?source=github');
    await expect.poll(() => page.getByLabel('Body').inputValue(), { timeout: 30_000 }).not.toBe('');
    const samples = () => page.getByLabel('Sample').locator('option').allInnerTexts();
    const ofGithub = await samples();
    await page.route('**/sources/zendesk/**', (route) => route.abort());
    await page.getByLabel('Source').selectOption('zendesk');
    await page.locator('.toast', { hasText: 'Hookport does not answer' }).waitFor();
    await page.unroute('**/sources/zendesk/**');
    const answers = Promise.withResolvers<void>();
    await page.route('**/sources/zendesk/**', async (route) => {
      await answers.promise;
      await route.continue();
    });
    const late = ['samples', 'guide'].map((what) => page.waitForResponse(`**/sources/zendesk/${what}`));
    await page.getByLabel('Source').selectOption('github');
    await page.getByLabel('Source').selectOption('zendesk');
    await page.getByLabel('Source').selectOption('github');
    answers.resolve();
    for (const each of late) await (await each).finished();
    await page.waitForTimeout(300);
    expect(await page.getByLabel('Headers').inputValue()).toContain('x-github-event');
    expect(await samples()).toEqual(ofGithub);
  });

  it('says that a delivery is not verified only where it is not, and writes its detail as it is', async () => {
    const none = { eventType: undefined, outcome: 'handled', reason: undefined } as const;
    const detail = 'Error: no user_id';
    listed = [
      entryAt(3, none),
      entryAt(2, { ...none, deliveryId: undefined, outcome: 'rejected' }),
      entryAt(1, { detail }),
    ];
    await open('/deliveries');
    await expect.poll(types).toEqual(['no event type', 'not verified', 'at-1']);
    expect(await page.locator('.row .detail').last().innerText()).toBe(detail);
    events.publish([attemptAt(4, { eventType: undefined })]);
    await page.locator('#announcer', { hasText: 'New: github, no event type, handled' }).waitFor({ state: 'attached' });
  });

  it('prints a long body whole', async () => {
    await restart({
      read: async () => ({ ...kept, body: JSON.stringify(Array.from({ length: 400 }, (_, line) => line)) }),
    });
    await page.setViewportSize({ width: 1280, height: 800 });
    await open(`/deliveries/${encodeURIComponent(kept.id)}`);
    const height = () => page.locator('main pre').evaluate((pre) => pre.clientHeight);
    await expect.poll(height).toBeLessThan(800);
    await page.emulateMedia({ media: 'print' });
    await expect.poll(height).toBeGreaterThan(5000);
  });

  it('says that it shows the first of very many attempts', async () => {
    const [one] = kept.attempts;
    const attempts = Array.from({ length: 100 }, (_, index) => ({
      ...one!,
      attempt: index + 1,
      finishedAt: kept.finishedAt - 1000,
    }));
    await restart({ read: async () => ({ ...kept, attempts }) });
    await page.goto(address(`/deliveries/${encodeURIComponent(kept.id)}`));
    await expect
      .poll(() => page.getByRole('heading', { name: 'The first 100 attempts' }).isVisible(), patience)
      .toBe(true);
  });

  it('has the sources that the platform has by now', async () => {
    const sources = [sourcePlan('github')];
    await restart({}, { plan: { name: 'acme-webhooks', sources } });
    await open('/');
    await page.getByRole('heading', { name: 'github' }).waitFor();
    sources.splice(0, 1, sourcePlan('paddle', { provider: 'paddle' }));
    await turn('hidden');
    await turn('visible');
    await page.getByRole('heading', { name: 'paddle' }).waitFor();
    expect(await page.getByRole('heading', { name: 'github' }).count()).toBe(0);
  });

  it('says that what was sent is not looked at yet, once it asks no more', async () => {
    let asked = 0;
    await restart(
      {
        list: async () => {
          asked += 1;
          return { entries: [] };
        },
      },
      {
        senderOf: async () => {
          throw new Error('unused');
        },
      },
    );
    const sent = { what: null, expected: 'handled', status: 200, milliseconds: 1, messageId: 'message-1', why: null };
    await page.route('**/api/send', (route) => route.fulfill({ json: [sent] }));
    await page.clock.install();
    await page.goto(address('/send'));
    await expect.poll(() => page.getByLabel('Body').inputValue(), { timeout: 30_000 }).not.toBe('');
    await hurry();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('waiting for what becomes of it').waitFor();
    await page.getByText('not yet tried or still in hand').waitFor();
    expect(asked).toBe(50);
  });

  it('lays the page out a few times, and not for each of many deliveries that are told at once', async () => {
    await open('/deliveries');
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Performance.enable');
    const layouts = async () => {
      const { metrics } = await cdp.send('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'LayoutCount')?.value ?? NaN;
    };
    const before = await layouts();
    events.publish(Array.from({ length: 190 }, (_, second) => attemptAt(second)));
    await expect.poll(() => page.locator('.rows > li').count(), patience).toBe(190);
    expect((await layouts()) - before).toBeLessThan(60);
  });
});
