import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DeadLetterContent } from '../../src/consumer/dead-letter.ts';
import type { DeliveryHistory } from '../../src/local/api/delivery-state.ts';
import { ownProvidersYaml } from '../fixtures/own-providers.ts';
import { type RunningMachine, TestMachine } from './platform-harness.ts';

const handler = 'handler: test/fixtures/handlers/note-query.ts';
const machine = new TestMachine(`  token: { provider: acme-query, ${handler} }
  signed: { provider: acme-signed-query, ${handler} }
${ownProvidersYaml}`);
const folder = mkdtempSync(path.join(tmpdir(), 'hookport-query-'));
const effects = path.join(folder, 'effects');
const secrets = { TOKEN_WEBHOOK_SECRET: 'The-token_1.', SIGNED_WEBHOOK_SECRET: 'a secret that both sides know' };
const token = `v1.${secrets.TOKEN_WEBHOOK_SECRET}`;
let running: RunningMachine;

beforeAll(async () => {
  Object.assign(process.env, secrets, { EFFECTS_FILE: effects });
  running = await machine.start();
});
afterAll(async () => {
  await running.stop();
  machine.remove();
  rmSync(folder, { recursive: true });
  for (const name of [...Object.keys(secrets), 'EFFECTS_FILE']) delete process.env[name];
});

/** Byte for byte: a client library would escape the hostile ones. */
async function post(target: string, body: string, headers: Record<string, string> = {}): Promise<number> {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `POST ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`;
  const socket = connect(Number(new URL(running.gateway).port), '127.0.0.1');
  socket.write(`${head}content-type: application/json\r\n${lines.join('')}\r\n${body}`);
  const answer = Buffer.concat(await socket.toArray()).toString('latin1');
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
}

/** What becomes of one request: its answer, and its delivery unless it was refused. */
async function outcomeOf(source: string, query: string, body: string, headers?: Record<string, string>) {
  const before = (await running.deliveries(source)).length;
  const status = await post(`/${source}${query}`, body, headers);
  if (status !== 200) return { status };
  const [delivery] = await running.until(source, (all) => all.length > before);
  return { status, outcome: delivery?.outcome, reason: delivery?.reason ?? null, requestId: delivery?.requestId ?? '' };
}

const ask = async <Answer>(target: string) => (await (await fetch(`${running.api}${target}`)).json()) as Answer;
const handed = () =>
  readFileSync(effects, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

describe('a token in the query', () => {
  test('verifies, and the handler gets the other parameters', async () => {
    expect(await outcomeOf('token', `?kind=order%20created&token=${token}&other=x`, '{"n":1}')).toMatchObject({
      outcome: 'handled',
    });
    expect(handed().at(-1)).toMatchObject({ eventType: 'order created', query: { kind: 'order created' } });
  });

  test.each([
    ['absent', '?kind=a', 'missing_signature'],
    ['absent with the whole query', '', 'missing_signature'],
    ['empty', '?kind=a&token=', 'missing_signature'],
    ['without its value', '?token&kind=a', 'missing_signature'],
    ['in another case', `?Token=${token}`, 'missing_signature'],
    ['in the fragment', '?kind=a#token=x', 'missing_signature'],
    ['wrong', `?token=${token}x`, 'signature_mismatch'],
    ['without its prefix', `?token=${secrets.TOKEN_WEBHOOK_SECRET}`, 'malformed_signature'],
    ['very long', `?token=${'a'.repeat(8000)}`, 'malformed_signature'],
    ['duplicate parameter', `?token=${token}&token=${token}`, 'malformed_signature'],
    ['duplicate parameter with another value', `?token=${token}&token=x`, 'malformed_signature'],
    ['with a plus sign', `?token=${token}+`, 'malformed_signature'],
    ['escaped twice', `?token=${token.replaceAll('.', '%252E')}`, 'malformed_signature'],
    ['header line spoofed by a query value', String.raw`?token=x%5Cnx-forged:%20y`, 'malformed_message'],
    ['injected newline', String.raw`?kind=a%5Cntoken:%20${token}`, 'malformed_message'],
    [
      'injected attribute',
      '?kind=x%22%7D,%22Injected%22:%7B%22DataType%22:%22String%22,%22StringValue%22:%22x',
      'malformed_message',
    ],
  ])('that is %s is rejected, and kept', async (_what, query, reason) => {
    expect(await outcomeOf('token', query, '{}')).toMatchObject({ status: 200, outcome: 'rejected', reason });
  });

  test.each([
    ['injected newline', `?token=x%0Atoken:%20${token}`],
    ['percent-encoded control chars', `?token=${token}%00`],
    ['a quote', `?kind=%22&token=${token}`],
    ['text that is not ASCII', `?kind=%C3%A9&token=${token}`],
    ['more than the head of a request may hold', `?token=${token}&kind=${'a'.repeat(11_000)}`],
  ])(
    'beside %s, which might break the message, is refused by the endpoint, and its sender told',
    async (_what, query) => {
      expect((await outcomeOf('token', query, '{}')).status).toBeGreaterThanOrEqual(400);
    },
  );

  test('token logged nowhere: neither the journal nor a page shows it, and a replay puts it back', async () => {
    const { requestId } = await outcomeOf('token', `?kind=kept&token=${token}`, '{"replayed":true}');
    const kept = await ask<DeliveryHistory>(`/deliveries/${encodeURIComponent(requestId ?? '')}`);
    expect(kept.query).toEqual({ kind: 'kept' });
    const refused = await outcomeOf('token', `?kind=kept&token=${token}x`, '{}');
    for (const target of [
      '/deliveries?source=token&limit=100',
      `/deliveries/${encodeURIComponent(requestId ?? '')}`,
      `/deliveries/${encodeURIComponent(requestId ?? '')}/verification`,
      `/deliveries/${encodeURIComponent(refused.requestId ?? '')}`,
      `/deliveries/${encodeURIComponent(refused.requestId ?? '')}/verification`,
      '/dead-letters?source=token',
      '/sources',
      '/sources/token/guide',
    ])
      expect(JSON.stringify(await ask(target))).not.toContain(secrets.TOKEN_WEBHOOK_SECRET.slice(0, -1));
    const [letter] = await ask<DeadLetterContent[]>('/dead-letters?source=token&limit=1');
    const content = await ask<DeadLetterContent>(`/dead-letters/${letter?.messageId}?source=token`);
    expect(content.query).toEqual({ kind: 'kept' });

    const before = handed().length;
    const answer = await fetch(`${running.api}/replay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: requestId }),
    });
    expect(answer.status).toBe(200);
    await expect.poll(() => handed().length, { timeout: 10_000 }).toBe(before + 1);
    expect(handed().at(-1)).toEqual(handed().at(before - 1));
  });

  test('is a placeholder in the URL that the inspector shows', async () => {
    const sources = await ask<{ id: string; url: string }[]>('/sources');
    expect(sources.map(({ url }) => url)).toEqual([
      `${running.gateway}/token?token=v1.<secret>`,
      `${running.gateway}/signed`,
    ]);
  });

  test('that was refused is explained with the one that rests in the dead-letter queue', async () => {
    const { requestId } = await outcomeOf('token', `?kind=a&token=${token}-of-another`, '{}');
    const explained = await ask<{ steps: { text: string }[] }>(
      `/deliveries/${encodeURIComponent(requestId ?? '')}/verification`,
    );
    expect(explained.steps.map(({ text }) => text).join('\n')).toMatch(
      /A static token in the query parameter token, after "v1\."[^]*is none of the active secrets/,
    );
  });
});

describe('a signed query parameter', () => {
  const body = '{"a":1}';
  const signature = (id: string) =>
    createHmac('sha256', secrets.SIGNED_WEBHOOK_SECRET).update(`${id}:${body}`).digest('hex');

  test('is the delivery’s id, which nobody else can have chosen', async () => {
    const headers = { 'acme-signature': signature('evt_7') };
    const { requestId, ...fate } = await outcomeOf('signed', '?Kind=order+paid&event_id=evt_7', body, headers);
    expect(fate).toMatchObject({ outcome: 'handled' });
    expect(handed().at(-1)).toEqual({
      id: 'evt_7',
      idSigned: true,
      eventType: 'order paid',
      query: { Kind: 'order paid', event_id: 'evt_7' },
    });
    // A replay signs nothing: what the journal keeps must be what was signed.
    const before = handed().length;
    await fetch(`${running.api}/replay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: requestId }),
    });
    await expect.poll(() => handed().length, { timeout: 10_000 }).toBe(before + 1);
  });

  test.each([
    ['another', '?event_id=evt_8', 'signature_mismatch'],
    ['none', '?Kind=a', 'missing_signature'],
    ['parameter pollution', '?event_id=evt_7&event_id=evt_7', 'malformed_signature'],
    ['one that is escaped twice', '?event_id=evt%255F7', 'malformed_signature'],
    ['one with the delimiter', '?event_id=evt_7:', 'malformed_signature'],
  ])('is refused where the request carries %s', async (_what, query, reason) => {
    const headers = { 'acme-signature': signature('evt_7') };
    expect(await outcomeOf('signed', query, body, headers)).toMatchObject({ outcome: 'rejected', reason });
  });

  test('is shown and searched', async () => {
    const found = await ask<DeliveryHistory[]>('/deliveries?source=signed&text=evt_8');
    expect(found).toHaveLength(1);
    const shown = await ask<DeliveryHistory>(`/deliveries/${encodeURIComponent(found[0]?.requestId ?? '')}`);
    expect(shown.query).toEqual({ event_id: 'evt_8' });
  });
});
