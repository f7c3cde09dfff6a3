import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningMachine, TestMachine } from './platform-harness.ts';

const handler = 'test/fixtures/handlers/note-items.ts';
const machine = new TestMachine(
  `  sendgrid: { provider: sendgrid, handler: ${handler} }\n  line: { provider: line, handler: ${handler} }\n`,
);
const effects = join(machine.dataFolder, 'effects');
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const secrets: Readonly<Record<string, string>> = {
  EFFECTS_FILE: effects,
  SENDGRID_WEBHOOK_SECRET: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
  LINE_WEBHOOK_SECRET: '8c570fa6dd201bb328f1c1eac23a96d8',
};
let running: RunningMachine;

beforeAll(async () => {
  Object.assign(process.env, secrets);
  running = await machine.start();
});
afterAll(async () => {
  await running.stop();
  machine.remove();
  for (const name of Object.keys(secrets)) delete process.env[name];
});

async function handled(source: string, body: string, headers: Record<string, string>): Promise<string[]> {
  const answer = await fetch(`${running.gateway}/${source}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  expect(answer.status).toBe(200);
  await running.until(source, ([first]) => first?.outcome === 'handled');
  const lines = existsSync(effects) ? readFileSync(effects, 'utf8').split('\n').slice(0, -1) : [];
  return lines.filter((line) => line.startsWith(`${source}-`));
}

test('a handler gets each event of an array of SendGrid, signed by node:crypto', async () => {
  const body =
    '[{"sg_event_id":"sendgrid-a","event":"open","timestamp":1793722805},\r\n' +
    '{"sg_event_id":"sendgrid-b","event":"bounce","timestamp":1793722806}]\r\n';
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = sign('sha256', Buffer.from(timestamp + body), privateKey).toString('base64');
  const headers = {
    'x-twilio-email-event-webhook-signature': signature,
    'x-twilio-email-event-webhook-timestamp': timestamp,
  };
  expect(await handled('sendgrid', body, headers)).toEqual([
    'sendgrid-a open 2026-11-03T16:20:05.000Z',
    'sendgrid-b bounce 2026-11-03T16:20:06.000Z',
  ]);
});

test('a handler gets each event of a request of LINE, and none of one that has none', async () => {
  const send = (events: readonly object[]) => {
    const body = JSON.stringify({ destination: 'U8e7', events });
    const key = secrets['LINE_WEBHOOK_SECRET'] ?? '';
    return handled('line', body, { 'x-line-signature': createHmac('sha256', key).update(body).digest('base64') });
  };
  expect(await send([])).toEqual([]);
  const event = (letter: string) => ({ type: 'message', webhookEventId: `line-${letter}`, timestamp: 1793722804123 });
  await send([event('a'), event('b')]);
  await running.until('line', (all) => all.length === 2 && all.every(({ outcome }) => outcome === 'handled'));
  expect(readFileSync(effects, 'utf8').match(/^line-.*$/gm)).toEqual([
    'line-a message 2026-11-03T16:20:04.123Z',
    'line-b message 2026-11-03T16:20:04.123Z',
  ]);
});
