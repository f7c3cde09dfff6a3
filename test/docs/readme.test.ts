import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { writeResult } from '../../bench/lib/results.ts';
import { accept, mainCase } from '../../bench/parts/accept.ts';
import { withCommands } from '../../scripts/readme-commands.ts';
import { withFigures } from '../../scripts/readme-figures.ts';
import { builtInProviders, findProvider } from '../../src/cli/project.ts';
import { handlerStub } from '../../src/cli/setup/handler-stub.ts';
import { encodeMessage } from '../../src/delivery/wire.ts';
import { endpointInThreads, queuePlan } from '../local/sqs-endpoint/harness.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

test('README.md lists the commands that the program has, as `npm run docs` would', async () => {
  expect(await withCommands(readme)).toBe(readme);
  for (const each of ['init', 'dlq show <source> <id>', 'completion <shell>'])
    expect(readme).toContain(`| \`${each}\` |`);
});

test('README.md has the figures that `bench/results` hold, as `npm run docs` would', () => {
  expect(withFigures(readme)).toBe(readme);
});

test('its figures name what was measured and how many goals were missed, or that nothing was', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hookport-readme-'));
  try {
    expect(withFigures(readme, folder)).toContain('No figures of this version are kept');
    const measured = (contender: string, perSecond: number) => ({
      case: mainCase,
      contender,
      round: 0,
      values: { perSecond, p99: 2 },
    });
    writeResult(folder, {
      part: accept.name,
      measuredAt: '2026-01-01T00:00:00Z',
      machine: { cpu: 'A', cores: 2, memoryGiB: 4, kernel: '6', node: 'v24.0.0' },
      versions: {},
      rounds: 1,
      measurements: [measured('hookport', 600), measured('limitSync', 900), measured('limitAsync', 1000)],
    });
    const page = withFigures(readme, folder);
    expect(page).toContain('| **600** | 1,000 (0.60×) |');
    expect(page).toContain('Of the 2 goals that the benchmark checks, 1 is reached.');
    expect(page).toContain('Measured until 2026-01-01 on 2 × A, 4 GiB, Node v24.0.0.');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('its handler is the one that `hookport add stripe` writes', async () => {
  const guide = await builtInProviders.guideOf('stripe');
  const stub = handlerStub('stripe', findProvider('stripe', builtInProviders), (await guide?.samples()) ?? []);
  expect(readme).toContain(`\`\`\`ts\n${stub}\`\`\``);
});

test('its program that consumes a queue runs as it stands', async () => {
  const name = 'acme-webhooks-zendesk';
  const { queues, url } = await endpointInThreads([queuePlan(name)]);
  const queue = queues.queue(name);
  const headers = { 'x-zendesk-webhook-signature': 'c2lnbmF0dXJl' };
  const request = { requestId: 'JKJaXmPLvHcESHA=', receivedAt: Date.now(), sourceIp: '127.0.0.1', headers };
  await queue.send(encodeMessage({ ...request, body: '{"type":"ticket"}' }));

  const program = /```js\n(import [^]*?)```/.exec(readme)?.[1] ?? '';
  expect(program).toContain('http://127.0.0.1:9324/');
  const child = spawn(process.execPath, ['--input-type=module'], { cwd: new URL('../..', import.meta.url) });
  child.stdin.end(program.replaceAll('http://127.0.0.1:9324', url));
  const [out, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  expect(out).toContain('x-zendesk-webhook-signature: c2lnbmF0dXJl\n');
  expect(out).toContain('{"type":"ticket"}');
  expect(await queue.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
});
