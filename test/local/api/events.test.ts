import { afterEach, describe, expect, it } from 'vitest';
import { HookportError } from '../../../src/errors.ts';
import { createEventHub } from '../../../src/local/api/event-hub.ts';
import type { EmbeddedQueues } from '../../../src/queue/embedded/embedded-queue.ts';
import { aRecord } from '../journal/records.ts';
import { type Harness, startHarness } from './harness.ts';

let running: Harness | undefined;
afterEach(() => running?.api.close());

const { headers: _headers, body: _body, ...attempt } = aRecord();

/** Reads events as a browser would, until `enough` says so. */
async function read(response: Response, enough: (text: string) => boolean): Promise<string> {
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (enough(text)) break;
  }
  return text;
}

describe('GET /api/events', () => {
  it('tells the depths first, then each attempt, without headers and body', async () => {
    const events = createEventHub();
    running = await startHarness({ events });
    const response = await fetch(`http://127.0.0.1:${running.api.port}/api/events`);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(response.headers.get('cache-control')).toBe('no-store');
    while (events.listeners === 0) await new Promise((resolve) => setImmediate(resolve));
    events.publish([attempt]);
    const text = await read(response, (so) => so.includes('event: attempts') && so.endsWith('\n\n'));
    const [retry, depths = '', attempts = ''] = text.split('\n\n');
    expect(retry).toBe('retry: 1000');
    expect(depths).toBe(
      'event: depths\ndata: [{"id":"github","waiting":4,"inFlight":2,"deadLettered":5},{"id":"zendesk","waiting":0,"inFlight":0,"deadLettered":0}]',
    );
    expect(attempts).toMatch(/^event: attempts\ndata: .*\nid: 1$/);
    const data = JSON.parse(/data: (.*)/.exec(attempts)?.[1] ?? '') as object;
    expect(data).toMatchObject({
      omitted: 0,
      attempts: [{ requestId: 'req-1', outcome: 'handled', eventType: 'push' }],
    });
    expect(attempts).not.toMatch(/awesome|x-github/);
  });

  it('lets go of a listener that left', async () => {
    const events = createEventHub();
    running = await startHarness({ events });
    const leaving = new AbortController();
    await fetch(`http://127.0.0.1:${running.api.port}/api/events`, { signal: leaving.signal });
    expect(events.listeners).toBe(1);
    leaving.abort();
    await expect.poll(() => events.listeners).toBe(0);
  });

  it('lets go of a listener whose stream ends since the queues cannot be read', async () => {
    const events = createEventHub();
    const depth = () => Promise.reject(new HookportError('queue_unavailable', 'the disk failed'));
    running = await startHarness({ events, queues: { queue: () => ({ depth }) } as unknown as EmbeddedQueues });
    const response = await fetch(`http://127.0.0.1:${running.api.port}/api/events`);
    await response.text();
    expect(events.listeners).toBe(0);
  });

  it('keeps no listener for who asks for the head alone, whose answer nobody reads to its end', async () => {
    const events = createEventHub({ maxListeners: 1 });
    running = await startHarness({ events });
    const { status, headers } = await running.ask('/api/events', { method: 'HEAD' });
    expect([status, headers['content-type']]).toEqual([200, 'text/event-stream']);
    const response = await fetch(`http://127.0.0.1:${running.api.port}/api/events`);
    expect(response.status).toBe(200);
    await response.body?.cancel();
  });

  it('tells who comes back how many attempts it missed', async () => {
    const events = createEventHub();
    events.publish([attempt, attempt, attempt]);
    running = await startHarness({ events });
    const headers = { 'last-event-id': '1' };
    const response = await fetch(`http://127.0.0.1:${running.api.port}/api/events`, { headers });
    expect(await read(response, (so) => so.includes('id: 3'))).toContain('{"attempts":[],"omitted":2}');
  });

  it('answers 503 when too many listen', async () => {
    running = await startHarness({ events: createEventHub({ maxListeners: 0 }) });
    expect(await running.ask('/api/events')).toMatchObject({ status: 503, json: { error: expect.any(String) } });
  });

  it('ends with the API', async () => {
    running = await startHarness();
    const response = await fetch(`http://127.0.0.1:${running.api.port}/api/events`);
    const all = read(response, () => false);
    const began = performance.now();
    await running.api.close();
    expect(await all).toContain('event: depths');
    expect(performance.now() - began).toBeLessThan(1500);
  });
});
