import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import type { Handler } from 'hookport';
import { testDelivery, testHandler } from 'hookport/testing';
import { TestProject } from '../e2e/platform-process.ts';

const page = readFileSync(new URL('../../docs/handlers.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text = '']) => text);
const blockWith = (text: string) => blocks.find((block) => block.includes(text)) ?? '';

const written: string[] = [];
afterEach(() => {
  for (const file of written.splice(0)) rmSync(file);
});

/** Within the project, where a handler and its tests stand, so that they find `hookport`. */
function write(name: string, text: string): string {
  const file = path.join(import.meta.dirname, `${name}-${process.pid}.ts`);
  writeFileSync(file, text);
  written.push(file);
  return file;
}

const load = async (name: string, text: string): Promise<unknown> => import(pathToFileURL(write(name, text)).href);

describe('docs/handlers.md', () => {
  test('its handlers do what the page says', async () => {
    const { default: batch } = (await load('batch', blockWith('defineBatchHandler('))) as { default: Handler };
    const orders = [await testDelivery('shopify'), await testDelivery('shopify', undefined, { payload: 7 })];
    const { outcomes } = await testHandler(batch, orders);
    expect(outcomes).toMatchObject([{ kind: 'handled' }, { kind: 'failed', reason: 'handler_error' }]);
  });

  test('its test passes for its handler', async () => {
    const handler = write('stripe', blockWith("defineHandler('stripe'"));
    const text = blockWith("from 'vitest'")
      .replace('../../src/handlers/stripe.ts', `./${path.basename(handler)}`)
      .replace('import { expect, test }', 'import { expect }')
      .replace(/^test\(/m, 'const test = (_: string, run: () => Promise<void>) => run();\nawait test(');
    expect(text).toContain('await test(');
    await load('stripe-test', text);
    expect.assertions(3);
  });

  test('its worker takes what waits for a source without a handler', async () => {
    const project = new TestProject('  zendesk: { provider: zendesk }\n');
    const env = { ZENDESK_WEBHOOK_SECRET: 'a secret for tests' };
    const platform = await project.serve(env);
    const sent = await project.cli(['send', 'zendesk', '--data', project.data], env);
    const text = blockWith('createWorker').replace('http://127.0.0.1:9324', platform.sqs);
    const worker = spawn(process.execPath, [write('worker', text)], {
      cwd: project.folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let log = '';
    worker.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
    const ended = once(worker, 'close');
    await platform.until('zendesk', ({ queue }) => queue.waiting + queue.inFlight === 0);
    worker.kill('SIGTERM');
    const [code] = (await ended) as [number | null];
    await platform.stop();
    project.remove();
    expect({ sent: sent.code, code, log }).toEqual({ sent: 0, code: 0, log: expect.stringContaining('"ticket"') });
  });
});
