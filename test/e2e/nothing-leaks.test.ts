import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postGithub } from './github-request.ts';
import { type PlatformProcess, TestProject } from './platform-process.ts';

/**
 * Everything secret carries a mark. Deliveries go through every outcome, while the process may make files for all the
 * world (umask 000), and then whatever it wrote and answered is searched for the marks.
 */
const marks = {
  secret: 'MARK-signing-secret-5e1b',
  wrongSecret: 'MARK-wrong-secret-77aa',
  token: 'MARK_token_c0ffee',
  password: 'MARK-password-d00d',
  queryToken: 'MARK_query.token-5afe',
};
const bodyMark = 'MARK-body-9f3e';
const words = ['return', 'throw-environment', 'throw-secrets', 'log-delivery', 'parse', 'permanent', 'exit'];
const bodyOf = (word: string) => `${word} ${bodyMark} {"not":"json"`;
const signatureOf = (secret: string, body: string) => createHmac('sha256', secret).update(body).digest('hex');
const signatures = words.map((word) => signatureOf(marks.secret, bodyOf(word)));

const handler = 'handler: test/fixtures/handlers/tell-all.ts';
const project = new TestProject(
  [
    `  github: { provider: github, ${handler}, deduplicate: true, queue: { maxReceiveCount: 1 } }`,
    `  rejecting: { provider: github, ${handler} }`,
    `  telegram: { provider: telegram, ${handler} }`,
    `  postmark: { provider: postmark, ${handler} }`,
    `  queried: { provider: acme-queried, ${handler}, queue: { maxReceiveCount: 1 } }`,
    '  raw: { provider: github }',
    'providers:',
    '  acme-queried:',
    '    verify: { scheme: token, at: { query: token } }',
    '    headers: { content-type: always }',
    '    query: { token: always, kind: always }',
    '    eventType: [{ query: kind }]',
    '    deliveryId: hash',
    '    retry: { text: never, horizonSeconds: 0 }',
    '',
  ].join('\n'),
);
let platform: PlatformProcess;
let output = '';
const answers: string[] = [];
const refused: number[] = [];

const basic = `Basic ${Buffer.from(`user:${marks.password}`).toString('base64')}`;
const post = (route: string, headers: Record<string, string>, body: string) =>
  fetch(`${platform.gateway}${route}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) =>
    path.join(entry.parentPath, entry.name),
  );
}

let openModes: string[] = [];
beforeAll(async () => {
  const umask = process.umask(0);
  try {
    platform = await project.start({
      GITHUB_WEBHOOK_SECRET: marks.secret,
      REJECTING_WEBHOOK_SECRET: marks.wrongSecret,
      TELEGRAM_WEBHOOK_SECRET: marks.token,
      POSTMARK_WEBHOOK_SECRET: `user:${marks.password}`,
      QUERIED_WEBHOOK_SECRET: marks.queryToken,
    });
  } finally {
    process.umask(umask);
  }
  for (const word of words)
    await postGithub(platform.gateway, marks.secret, {
      event: 'push',
      id: word,
      body: bodyOf(word),
      contentType: 'application/json',
    });
  await postGithub(platform.gateway, marks.secret, { event: 'push', id: 'return', body: bodyOf('return') });
  await postGithub(platform.gateway, marks.secret, {
    event: 'push',
    id: 'forged',
    body: bodyOf('x'),
    path: '/rejecting',
  });
  await postGithub(platform.gateway, marks.secret, { event: 'push', id: 'kept', body: bodyOf('x'), path: '/raw' });
  for (const word of ['log-headers', 'throw-secrets', 'parse']) {
    await post('/telegram', { 'x-telegram-bot-api-secret-token': marks.token }, bodyOf(word));
    await post('/postmark', { authorization: basic }, bodyOf(word));
  }
  await post('/telegram', { 'x-telegram-bot-api-secret-token': `${marks.token}-not-quite` }, bodyOf('x'));
  await post('/postmark', { authorization: `${basic}${basic}` }, bodyOf('x'));
  // The log of handlers, a refusal of the endpoint and of a route, and every way of being rejected.
  for (const word of ['log-delivery', 'throw-secrets', 'throw-environment', 'parse'])
    await post(`/queried?kind=a&token=${marks.queryToken}`, {}, bodyOf(word));
  for (const query of [
    `${marks.queryToken}x`,
    `${marks.queryToken}&token=${marks.queryToken}`,
    `${marks.queryToken}%5Cnx`,
  ])
    await post(`/queried?token=${query}`, {}, bodyOf('x'));
  for (const route of [`/queried?token=${marks.queryToken}%00`, `/queried/?token=${marks.queryToken}`])
    refused.push((await post(route, {}, bodyOf('x'))).status);
  for (const args of [['send', 'queried'], ['send', 'queried', '--hostile'], ['urls'], ['plan'], ['validate']]) {
    const { stdout, stderr } = await project.cli([...args, ...(args[0] === 'send' ? ['--data', project.data] : [])], {
      QUERIED_WEBHOOK_SECRET: marks.queryToken,
    });
    answers.push(stdout, stderr);
  }
  await platform.until('queried', ({ queue }) => queue.waiting + queue.inFlight === 0);
  await platform.until('github', ({ queue }) => queue.waiting + queue.inFlight === 0);
  for (const source of ['telegram', 'postmark'])
    await platform.until(source, ({ outcomes }) => outcomes.handled + outcomes.failed + outcomes.rejected === 4);
  await platform.until('rejecting', ({ outcomes }) => outcomes.rejected === 1);

  for (const route of [
    'sources',
    'activity',
    'deliveries?limit=100',
    'dead-letters?source=github',
    'dead-letters?source=telegram',
    'dead-letters?source=queried',
    'sources/queried/guide',
  ])
    answers.push(await (await fetch(`${platform.api}/${route}`)).text());
  openModes = filesIn(project.data).map(
    (file) => `${path.relative(project.data, file)} ${(statSync(file).mode & 0o777).toString(8)}`,
  );
  openModes.push(`. ${(statSync(project.data).mode & 0o777).toString(8)}`);
});
afterAll(async () => {
  await platform.kill();
  project.remove();
});

/** A mark as it may be written: as it is, in base64 at any offset, in hexadecimal, and escaped for a URL. */
function spellings(mark: string): string[] {
  const inBase64 = [0, 1, 2].map((offset) =>
    Buffer.from(`${'x'.repeat(offset)}${mark}`)
      .toString('base64')
      .slice(offset === 0 ? 0 : 4)
      .replace(/.{0,3}=*$/, ''),
  );
  return [mark, Buffer.from(mark).toString('hex'), ...inBase64];
}

function found(text: string, searched: readonly string[]): string[] {
  return searched.filter((mark) => spellings(mark).some((spelling) => text.includes(spelling)));
}

const secrets = Object.values(marks);

test('the search finds a mark in each of its spellings', () => {
  for (const hidden of [
    'xxMARK-body-9f3e',
    Buffer.from('aMARK-body-9f3e!').toString('base64'),
    Buffer.from(bodyMark).toString('hex'),
  ])
    expect(found(`before ${hidden} after`, [bodyMark])).toEqual([bodyMark]);
});

test('every outcome was there', async () => {
  const { outcomes, queue } = await platform.source('github');
  expect(outcomes.handled).toBeGreaterThanOrEqual(1);
  expect(outcomes.rejected + outcomes.failed).toBeGreaterThanOrEqual(4);
  expect(queue.deadLettered).toBeGreaterThanOrEqual(4);
  expect(refused).toEqual([400, 404]);
});

test('all files of the data folder are for their owner alone, also where the process may make them for everybody', () => {
  const names = openModes.map((line) => line.split(' ')[0]?.replace(/\d{10}/, 'N'));
  for (const name of [
    'queues.db',
    'queues.db-wal',
    'queues.db-shm',
    'intake/N.log',
    'journal.db',
    'journal.db-wal',
    'deduplication.db',
    'deduplication.db-wal',
  ])
    expect(names).toContain(name);
  expect(openModes.filter((line) => !/ [67]00$/.test(line))).toEqual([]);
});

test('what people read tells no secret, no static credential and no body; a signature is in one delivery’s details alone', async () => {
  for (const text of answers) expect(found(text, [...secrets, bodyMark, ...signatures])).toEqual([]);
  const list = (await (await fetch(`${platform.api}/deliveries?limit=100`)).json()) as {
    id?: string;
    requestId: string;
  }[];
  expect(list.length).toBeGreaterThan(10);
  for (const { requestId } of list) {
    const text = await (await fetch(`${platform.api}/deliveries/${encodeURIComponent(requestId)}`)).text();
    // What `send` made up holds no mark.
    expect(text).toMatch(new RegExp(`${bodyMark}|A sample from Hookport`));
    expect(found(text, secrets)).toEqual([]);
  }
});

describe('no path leads to a file', () => {
  const targets = ['.env', 'package.json', 'data/queues.db', 'webhooks.config.yaml', 'etc/passwd'].flatMap((file) => [
    `/${file}`,
    `/../${file}`,
    `/../../../../../../${file}`,
    `/%2e%2e/${file}`,
    `/..%2f..%2f${file}`,
    `/..%5c${file}`,
    `/static/../../${file}`,
    `/api/../${file}`,
    `/assets/..%252f${file}`,
    `//${file}`,
    `/${file}%00.html`,
    `http://127.0.0.1/${file}`,
    `file:///${file}`,
  ]);

  test.each(['gateway', 'api', 'sqs'] as const)('of the %s', async (name) => {
    writeFileSync(project.file('.env'), `GITHUB_WEBHOOK_SECRET=${marks.secret}\n`, { mode: 0o600 });
    const { host, port } = new URL(platform[name]);
    for (const target of targets) {
      const answer = await rawGet(Number(port), `GET ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
      expect(`${target}: ${answer}`).toMatch(/: HTTP\/1\.1 (400|403|404) /);
      expect(answer).not.toMatch(/root:|"name": "hookport"|WEBHOOK_SECRET|SQLite format/);
    }
  });
});

function rawGet(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
  });
}

test('what was printed, and each file, holds no more than docs/guarantees.md says', async () => {
  expect(await platform.stop()).toBe(0);
  output = platform.output();
  expect(output).toContain('hookport runs');
  expect(output).toContain('rejected');
  expect(found(output, [...secrets, bodyMark, ...signatures])).toEqual([]);

  // Queues hold what arrived, headers included: there a static credential is part of a delivery.
  const credentials = [marks.token, marks.password, marks.queryToken];
  const mayHold: Record<string, string[]> = {
    'queues.db': [bodyMark, ...signatures, ...credentials],
    'N.log': [bodyMark, ...signatures, ...credentials],
    'journal.db': [bodyMark, ...signatures],
  };
  const files = filesIn(project.data).filter((file) => statSync(file).isFile());
  expect(files.map((file) => path.basename(file))).toContain('queues.db');
  for (const file of files) {
    const name = path.basename(file);
    const allowed = mayHold[name.replace(/-(wal|shm)$/, '').replace(/\d{10}/, 'N')] ?? [];
    const there = found(readFileSync(file, 'latin1'), [...secrets, bodyMark, ...signatures]);
    expect({ name, more: there.filter((mark) => !allowed.includes(mark)) }).toEqual({ name, more: [] });
  }
});
