import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { postGithub } from '../e2e/github-request.ts';
import type { RunningMachine } from '../local/platform-harness.ts';
import { mac } from '../signature/schemes.ts';
import { describeInBrowser, onePage } from './chromium.ts';
import { InspectorProject, providerSecret } from './inspector-project.ts';

const body = '{"zen":"Keep it logically awesome.","number":7}';

describeInBrowser('the inspector, in a browser', (browser) => {
  let project: InspectorProject;
  let running: RunningMachine;
  let page: Page;
  /** What the browser complained of: scripts that failed, files that the policy kept out. */
  let complaints: string[] = [];
  let base: string;
  const pageOfAll = onePage(openPage);

  beforeAll(async () => {
    project = new InspectorProject();
    running = await project.start();
    base = running.api.replace(/\/api$/, '');
  });
  afterAll(() => project.close());
  beforeEach(() => {
    complaints = [];
    page = pageOfAll();
  });
  afterEach(() => {
    if (complaints.length > 0) throw new Error(`the browser complained: ${complaints.join('; ')}`);
  });

  async function openPage(): Promise<Page> {
    const opened = await browser().newPage({ baseURL: base, viewport: { width: 1280, height: 800 } });
    opened.on('pageerror', (error) => complaints.push(error.message));
    opened.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    opened.on('dialog', (dialog) => complaints.push(`a dialog: ${dialog.message()}`));
    return opened;
  }

  const send = (id: string, secret = providerSecret, more: Partial<Parameters<typeof postGithub>[2]> = {}) =>
    postGithub(running.gateway, secret, { event: 'push', id, body, ...more });
  /** The same, until the journal knows what became of it. */
  const settle = async (...args: Parameters<typeof send>) => {
    const before = (await running.deliveries('github')).length;
    await send(...args);
    const [latest] = await running.until('github', (all) => all.length > before);
    return latest?.requestId ?? '';
  };
  const rows = () => page.locator('.rows > li');
  const row = (text: string) => rows().filter({ hasText: text });

  it('teaches how to begin, and shows a delivery as it arrives', async () => {
    await page.goto('/deliveries');
    await page.getByText('Nothing has arrived yet').waitFor();
    expect(await page.locator('.command code').innerText()).toBe('npx hookport send github');
    await page.locator('#live[data-state=live]').waitFor();
    await send('first');
    await row('handled').waitFor();
    expect(await rows().count()).toBe(1);
    expect(await row('handled').innerText()).toMatch(/github[\s\S]*push/);
    await expect
      .poll(() => page.locator('#announcer').textContent(), { timeout: 10_000 })
      .toContain('github, push, handled');
    await page.getByText('Nothing has arrived yet').waitFor({ state: 'detached' });
  });

  it('tells of a rejected one why it was, without a secret or the signature that it should have had', async () => {
    await settle('copied-along', `${providerSecret}\n`);
    await page.goto('/deliveries');
    await page.getByLabel('Outcome').selectOption('rejected');
    await expect.poll(() => page.url()).toContain('?outcome=rejected');
    await row('signature mismatch').click();
    await page.getByText('followed by a line feed').waitFor();
    expect(await page.locator('.steps h3').allTextContents()).toEqual([
      'Signature: passed',
      'Signed content: told',
      'Key: told',
      'Comparison: failed',
    ]);
    expect(await page.locator('.steps li[data-state=failed]').innerText()).toContain('Comparison');
    const shown = await page.content();
    expect(shown).not.toContain(providerSecret);
    expect(shown).not.toContain(mac(body, providerSecret));
    await page.getByRole('link', { name: '← Deliveries' }).click();
    await expect.poll(() => page.url()).toBe(`${base}/deliveries?outcome=rejected`);
  });

  it('redrives after the secret was mended, and shows that it was handled', async () => {
    const ping = { event: 'ping', body: '{"zen":"Mind your words."}' };
    await settle('other-secret', 'the new secret', ping);
    await page.goto('/dead-letters?source=github');
    const group = page.locator('.group').filter({ hasText: 'ping' });
    await group.getByRole('button', { name: 'Verify again and redrive' }).click();
    await page.getByText('0 back in the queue; 1 would be refused again: signature mismatch.').waitFor();
    project.setSecret('the new secret');
    await group.getByRole('button', { name: 'Verify again and redrive' }).click();
    await page.getByText('1 back in the queue.').waitFor();
    await group.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Deliveries' }).click();
    const mended = row('ping').filter({ hasText: 'handled' });
    await mended.waitFor();
    expect(await mended.count()).toBe(1);
    project.setSecret(providerSecret);
  });

  it('deletes dead letters only after it asked', async () => {
    await settle('to-purge', 'neither', { event: 'issues' });
    await page.goto('/dead-letters');
    const group = page.locator('.group').filter({ hasText: 'issues' });
    await group.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    expect(await group.count()).toBe(1);
    await group.getByText('Look at each').click();
    await group.getByRole('checkbox').check();
    await group.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Delete the 1 selected for good?').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('1 deleted.').waitFor();
    await group.waitFor({ state: 'detached' });
    expect(await page.locator('.group').filter({ hasText: 'issues' }).count()).toBe(0);
  });

  it('asks about as many as it deletes, also those that came since it counted', async () => {
    await settle('label-1', 'neither', { event: 'label' });
    await page.goto('/dead-letters');
    const group = page.locator('.group').filter({ hasText: 'label' });
    await group.getByText('Look at each').click();
    await group.getByRole('checkbox').waitFor();
    await settle('label-2', 'neither', { event: 'label' });
    await page.getByRole('button', { name: 'Others rest by now: show' }).waitFor();
    await group.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Delete all 2 for good?').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Delete …');
    await page.getByRole('button', { name: 'Others rest by now: show' }).click();
    await group.locator('.pill', { hasText: '2' }).waitFor();
  });

  it('leads from a dead letter back to the list that its link names', async () => {
    await settle('from-dead', 'neither', { event: 'public' });
    await page.goto('/deliveries');
    await page.getByRole('link', { name: 'Dead letters' }).click();
    const group = page.locator('.group').filter({ hasText: 'public' });
    await group.getByText('Look at each').click();
    await group.getByRole('link', { name: 'Open' }).click();
    await page.getByRole('link', { name: '← Deliveries' }).click();
    await page.getByRole('heading', { level: 1, name: 'Deliveries' }).waitFor();
    expect(page.url()).toBe(`${base}/deliveries`);
  });

  it('tells what a redrive did, and nothing more, in the view that was opened meanwhile', async () => {
    await settle('left', 'neither', { event: 'gollum' });
    await page.route('**/api/redrive', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await route.continue();
    });
    await page.goto('/dead-letters');
    const group = page.locator('.group').filter({ hasText: 'gollum' });
    await group.getByRole('button', { name: 'Verify again and redrive' }).click();
    await page.getByRole('link', { name: 'Sources' }).click();
    await page.locator('.toast').waitFor();
    expect(await page.locator('.toast').allInnerTexts()).toEqual([expect.stringContaining('0 back in the queue')]);
  });

  it('shows what rests that no request brought, of which the journal has another id', async () => {
    await fetch(running.sqs, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'AmazonSQS.SendMessage',
        authorization: 'AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/sqs/aws4_request',
      },
      body: JSON.stringify({ QueueUrl: `${running.sqs}/000000000000/test-github`, MessageBody: '{"by":"hand"}' }),
    });
    const all = await running.until('github', (each) => each.some(({ reason }) => reason === 'malformed_message'));
    await page.goto('/dead-letters');
    const group = page.locator('.group').filter({ hasText: 'malformed message' });
    await group.getByText('Look at each').click();
    await group.getByRole('button', { name: 'Show its body' }).click();
    await group.getByText('"by"').waitFor();
    expect(await group.getByRole('link', { name: 'Open' }).count()).toBe(0);
    const { requestId = '' } = all.find(({ reason }) => reason === 'malformed_message') ?? {};
    await page.goto(`/deliveries/${requestId}`);
    await page.getByText('One attempt').waitFor();
    expect(await page.getByRole('button', { name: 'Verify again and redrive' }).count()).toBe(0);
  });

  it('deletes nothing that came in while it asked', async () => {
    const event = 'fork';
    await settle('asked-about', 'neither', { event });
    await page.goto('/dead-letters');
    const group = page.locator('.group').filter({ hasText: event });
    await group.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Delete all 1 for good?').waitFor();
    await settle('came-in-meanwhile', 'neither', { event });
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('1 deleted.').waitFor();
    const query = new URLSearchParams({ source: 'github' });
    const left = (await (await fetch(`${running.api}/dead-letters?${query.toString()}`)).json()) as object[];
    expect(left.filter((each) => 'eventType' in each && each.eventType === event)).toEqual([
      expect.objectContaining({ deliveryId: 'came-in-meanwhile' }),
    ]);
    await running.purge({ source: 'github', eventType: event });
  });

  it('compares a dead letter with the last good one of its type', async () => {
    const event = 'milestone';
    await settle('good', providerSecret, { event, body: '{"title":"one","due":null}' });
    await settle('bad', 'neither', { event, body: '{"title":"two","extra":[1]}' });
    await page.goto('/dead-letters');
    const group = page.locator('.group').filter({ hasText: event });
    await group.getByText('Look at each').click();
    await group.getByRole('button', { name: 'Compare with the last good one' }).click();
    const cells = group.locator('.diff tbody tr');
    await cells.first().waitFor();
    expect(await cells.allInnerTexts()).toEqual([
      expect.stringMatching(/title\s+"one"\s+"two"/),
      expect.stringMatching(/due\s+null\s+absent/),
      expect.stringMatching(/extra\s+absent\s+\[1\]/),
    ]);
  });

  it('sends a sample as the provider would, and one as nobody should', async () => {
    await page.goto('/send?source=payments');
    await page.getByLabel('Sample').locator('option').first().waitFor({ state: 'attached' });
    await expect.poll(() => page.getByLabel('Body').inputValue()).toContain('event_id');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    const results = page.locator('.sent > .card');
    await results.filter({ hasText: 'handled' }).waitFor();
    await page.getByLabel('Send it').selectOption('stale');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await results.filter({ hasText: 'stale timestamp' }).waitFor();
    await results.filter({ hasText: 'stale timestamp' }).getByRole('link', { name: 'Open' }).click();
    const finding = 'The timestamp was 6 min old at arrival; apart from that its signature is right.';
    await page.getByText(finding).waitFor();
    expect(await page.locator('.pill').first().innerText()).toContain('stale timestamp');
  });

  it('sends a kept delivery to the handler again', async () => {
    await settle('again', providerSecret, { event: 'star' });
    await page.goto('/deliveries?eventType=star');
    await row('star').click();
    await page.getByText('One attempt').waitFor();
    await page.getByRole('button', { name: 'Send to the handler again' }).click();
    await page.getByText('2 attempts').waitFor();
    expect(await page.locator('.attempts .pill').allInnerTexts()).toEqual(['handled', 'handled']);
  });

  it('shows HTML and script in every field as text', async () => {
    // No quotes: the endpoint refuses to keep a header that could inject attributes.
    const evil = '<img src=x onerror=window.hit=1><script>window.hit=1</script><b id=evil>x</b>';
    const evilBody = JSON.stringify({ [evil]: evil, list: [evil, { a: evil }], __proto__x: '"></textarea><script>' });
    await settle(evil, providerSecret, { event: evil, body: evilBody });
    const refused = await settle(`rejected ${evil}`, 'neither', { event: evil, body: evilBody });
    let raw = '';
    const views = [
      '/',
      '/deliveries',
      '/dead-letters',
      `/deliveries?eventType=${encodeURIComponent(evil)}&text=${encodeURIComponent(evil)}`,
    ];
    for (const view of [
      ...views,
      `/deliveries/${encodeURIComponent(refused)}`,
      `/send?source=github&from=${encodeURIComponent(refused)}`,
    ]) {
      await page.goto(view);
      await page.locator('main h1').waitFor();
      if (view.startsWith('/deliveries?')) await row('<script>').first().waitFor();
      if (view === '/dead-letters') {
        await page.locator('.group').filter({ hasText: '<script>' }).getByText('Look at each').click();
        await page.locator('.letters').getByText('<script>').first().waitFor();
      }
      if (view.startsWith('/deliveries/')) {
        await page.locator('pre').getByText('<script>').first().waitFor();
        await page.getByRole('button', { name: 'Raw' }).click();
        raw = await page.locator('pre').innerText();
      }
      expect(await page.evaluate('window.hit')).toBeUndefined();
      expect(await page.locator('#evil, img, main script').count()).toBe(0);
    }
    expect(raw).toBe(evilBody);
  });

  it('says that the platform has gone, and goes on by itself when it runs again', async () => {
    await page.goto('/deliveries?eventType=fork');
    await page.locator('#live[data-state=live]').waitFor();
    await running.stop();
    await page.getByText('Hookport does not answer').waitFor();
    // A view that is opened meanwhile says so, and is shown later.
    await page.getByRole('link', { name: 'Sources' }).click();
    await page.locator('.failure').waitFor();
    running = await project.start(Number(new URL(base).port));
    await page.getByRole('heading', { name: 'github' }).waitFor();
    expect(await page.locator('#gone').innerText()).toBe('');
    await page.goBack();
    await settle('after', providerSecret, { event: 'fork' });
    await row('fork').waitFor();
    // The browser itself tells of connections that were refused.
    complaints = complaints.filter((complaint) => !complaint.includes('net::ERR_'));
  });

  it('lays a list of long names out in columns, on a phone too', async () => {
    const long = 'a_type_of_event_that_is_very_long_'.repeat(6);
    await settle('long', providerSecret, { event: long });
    await page.goto(`/deliveries?eventType=${long}`);
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 844 });
      await row('handled').waitFor();
      const height = (await row('handled').boundingBox())?.height;
      const outcome = (await row('handled').locator('.pill').boundingBox())?.width;
      expect(height).toBeLessThan(80);
      expect(outcome).toBeGreaterThan(60);
    }
  });

  it('can be used by keyboard alone', async () => {
    await settle('by-key', providerSecret, { event: 'watch' });
    await page.goto('/deliveries?eventType=watch');
    await row('watch').waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to content');
    await page.keyboard.press('Enter');
    const focused = () => page.evaluate('document.activeElement.className') as Promise<string>;
    for (let step = 0; step < 15 && (await focused()) !== 'row'; step++) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'watch' }).waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
  });

  it.each(['/', '/deliveries', 'a delivery', '/dead-letters', '/send'])(
    'has nothing on %s that axe finds wrong, light or dark, and fits a phone',
    async (view) => {
      const refused = await settle('for-axe', 'neither');
      await page.goto(view === 'a delivery' ? `/deliveries/${encodeURIComponent(refused)}` : view);
      await page.locator(view === 'a delivery' ? '.steps' : 'main h1').waitFor();
      const violations = async (rules: string) => {
        const result = (await page.evaluate(`axe.run(document, ${rules})`)) as axe.AxeResults;
        return result.violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0]?.html}`);
      };
      await page.evaluate(axe.source);
      expect(await violations('{}')).toEqual([]);
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await violations("{ runOnly: ['color-contrast'] }")).toEqual([]);
      await page.setViewportSize({ width: 360, height: 740 });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    },
  );
});
