import { afterEach, expect, test } from 'vitest';
import { type RunningMachine, TestMachine } from './platform-harness.ts';

const machine = new TestMachine('  github: { provider: github, handler: test/fixtures/handlers/note-effects.ts }\n');
let running: RunningMachine | undefined;
afterEach(async () => {
  await running?.stop();
  machine.remove();
});

/** Unsigned, so it is rejected. */
const post = ({ gateway }: RunningMachine) => fetch(`${gateway}/github`, { method: 'POST', body: 'a body' });

/** The first event that tells of attempts, or that some were missed. */
async function firstEvent({ api }: RunningMachine, headers: Record<string, string>): Promise<string> {
  const response = await fetch(`${api}/events`, { headers, signal: AbortSignal.timeout(5000) });
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const found = /event: attempts\n.*\nid: .*/.exec(text);
    if (found) return found[0];
  }
  throw new Error(text);
}

test('who comes back to a platform that was started again is told of all that it has done meanwhile', async () => {
  running = await machine.start();
  const told = firstEvent(running, { 'last-event-id': '0' });
  await post(running);
  const [, last = ''] = /id: (.*)/.exec(await told) ?? [];
  await running.stop();

  running = await machine.start();
  await Promise.all([post(running), post(running)]);
  await running.untilResting('github', 3);
  await expect(firstEvent(running, { 'last-event-id': last })).resolves.toContain('"omitted":2');
});
