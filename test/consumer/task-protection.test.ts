import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTaskProtection } from '../../src/consumer/task-protection.ts';
import type { Dispatch } from '../../src/delivery/dispatch.ts';
import { createLogFake } from '../fakes/log.ts';

/** The agent's endpoint, as ECS documents it. */
const asked: { method: string | undefined; url: string | undefined; body: unknown }[] = [];
let answer = { status: 200, body: '{"protection":{"ProtectionEnabled":true}}' };
let held: (() => Promise<void>) | undefined;
const agent = createServer((request, response) => {
  const note = async () => {
    asked.push({ method: request.method, url: request.url, body: JSON.parse(await text(request)) });
    await held?.();
    response.writeHead(answer.status).end(answer.body);
  };
  void note();
});
const log = createLogFake();
const handled = [{ kind: 'handled' }] as Awaited<ReturnType<Dispatch>>;
let guard: (dispatch: Dispatch) => Dispatch;

beforeEach(async () => {
  asked.length = 0;
  log.lines.length = 0;
  held = undefined;
  answer = { status: 200, body: '{"protection":{"ProtectionEnabled":true}}' };
  await new Promise<void>((resolve) => agent.listen(0, '127.0.0.1', resolve));
  const agentUri = `http://127.0.0.1:${(agent.address() as AddressInfo).port}/api/id`;
  ({ guard } = createTaskProtection({ agentUri, expiresInMinutes: 61, log }));
});
afterEach(async () => {
  await new Promise<void>((resolve) => {
    agent.close(() => resolve());
    agent.closeAllConnections();
  });
});

const on = { ProtectionEnabled: true, ExpiresInMinutes: 61 };
const off = { ProtectionEnabled: false };
const bodies = () => asked.map(({ body }) => body);

describe('the protection of a container', () => {
  test('stands before a handler starts and falls after it ended', async () => {
    let before: unknown[] = [];
    const outcomes = await guard(async () => {
      before = bodies();
      return handled;
    })([]);
    expect(outcomes).toBe(handled);
    expect(before).toEqual([on]);
    await expect.poll(bodies).toEqual([on, off]);
    expect(asked[0]).toMatchObject({ method: 'PUT', url: '/api/id/task-protection/v1/state' });
  });

  test('lasts until the last of several handlers has ended, also when one throws', async () => {
    const ends: (() => void)[] = [];
    const dispatch = guard(() => new Promise((resolve) => ends.push(() => resolve(handled))));
    const first = dispatch([]);
    const second = dispatch([]);
    const third = guard(() => Promise.reject(new Error('broken')))([]);
    await expect(third).rejects.toThrow('broken');
    await expect.poll(() => ends.length).toBe(2);
    ends[0]?.();
    await first;
    expect(bodies()).not.toContainEqual(off);
    ends[1]?.();
    await second;
    await expect.poll(() => bodies().at(-1)).toEqual(off);
  });

  test('is waited for as long as the agent takes for two answers, however many handlers start', async () => {
    const answers: (() => void)[] = [];
    held = () => new Promise((resolve) => answers.push(resolve));
    let running = 0;
    const dispatch = guard(async () => {
      running += 1;
      return handled;
    });
    const first = dispatch([]);
    await expect.poll(() => answers.length).toBe(1);
    const others = Array.from({ length: 9 }, () => dispatch([]));
    answers[0]?.();
    await first;
    await expect.poll(() => answers.length).toBe(2);
    expect(running).toBe(1);
    answers[1]?.();
    await Promise.all(others);
    expect(running).toBe(10);
    held = undefined;
    await expect.poll(bodies).toEqual([on, on, off]);
  });

  test.each([
    ['fails', { status: 500, body: 'down' }],
    ['refuses, which it does with 200', { status: 200, body: '{"failure":{"Reason":"TASK_NOT_VALID"}}' }],
  ])('lets the handler run where the agent %s, and says so', async (_how, given) => {
    answer = given;
    expect(await guard(async () => handled)([])).toBe(handled);
    expect(log.lines[0]).toMatchObject({ level: 'warn', message: expect.stringContaining('may be ended') });
  });

  test('lets the handler run where no agent answers', async () => {
    const nobody = createTaskProtection({ agentUri: 'http://127.0.0.1:9', expiresInMinutes: 1, log });
    expect(await nobody.guard(async () => handled)([])).toBe(handled);
    expect(log.lines[0]?.level).toBe('warn');
  });
});
