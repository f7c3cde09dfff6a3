import { spawn, spawnSync } from 'node:child_process';
import { asGatewayQueue } from '../fakes/gateway-queue.ts';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeMessage, requestParameters } from '../../src/delivery/wire.ts';
import { type Gateway, startGateway } from '../../src/local/gateway/start.ts';
import type { OutgoingMessage } from '../../src/queue/queue.ts';
import { github } from '../../providers/github.ts';

const markdown = readFileSync(join(import.meta.dirname, '../../docs/wire-format.md'), 'utf8');
const verifier = /```python\n([\s\S]*?)```/.exec(markdown)?.[1] ?? '';
const hasPython = spawnSync('python3', ['--version']).status === 0;
const secret = 'It is a secret to everybody';

/** The verifier of the page, for one message after another as boto3 gives them: Python is started once. */
function startVerifier() {
  const main = [
    'import json, sys',
    'for line in sys.stdin:',
    '    message, key = json.loads(line)',
    '    try:',
    '        headers, body = verify(message, key)',
    '        told = " ".join(["genuine", headers["x-github-event"], body.decode()])',
    '    except ValueError as error:',
    '        told = f"refused: {error}"',
    '    print(json.dumps(told), flush=True)',
  ].join('\n');
  const child = spawn('python3', ['-c', `${verifier}\n${main}`], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async verify(message: OutgoingMessage, key: string): Promise<string> {
      child.stdin.write(`${JSON.stringify([asBoto3(message), key])}\n`);
      const { value } = await answers.next();
      return JSON.parse(String(value)) as string;
    },
    async stop() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

function asBoto3(message: OutgoingMessage): object {
  const attributes = Object.entries(message.attributes).map(([name, { dataType, stringValue, binaryValue }]) => [
    name,
    { DataType: dataType, StringValue: stringValue, BinaryValue: binaryValue },
  ]);
  // A message without attributes has no such key.
  const given = attributes.length > 0 && { MessageAttributes: Object.fromEntries(attributes) as object };
  return { Body: message.body, ...given };
}

it('docs/wire-format.md shows an attribute with query parameters as it is decoded', () => {
  const Request = /## Query parameters\n[^]*?```\n([^]*?)\n```/.exec(markdown)?.[1] ?? '';
  const texts = { Request, Id: Request.split(' ')[1] ?? '' };
  const attributes = Object.fromEntries(
    Object.entries(texts).map(([name, stringValue]) => [name, { dataType: 'String', stringValue }]),
  );
  const decoded = decodeMessage({ body: '{}', attributes }, 1_763_900_000_000);
  expect(decoded.ok && { ...decoded.request.query }).toEqual({ kind: 'order.created', token: 'A-secret_in.the-URL' });
});

describe.skipIf(!hasPython)('the verifier in Python of docs/wire-format.md', () => {
  let gateway: Gateway;
  let sent: OutgoingMessage[] = [];
  let python: ReturnType<typeof startVerifier>;
  const verifyInPython = (message: OutgoingMessage, key: string) => python.verify(message, key);
  beforeAll(async () => {
    python = startVerifier();
    const limits = {
      retentionSeconds: 60,
      visibilityTimeoutSeconds: 30,
      maxMessageBytes: 1_044_480,
      receiveWaitSeconds: 0,
    };
    const queue = { name: 'q', ...limits };
    const route = {
      key: 'POST /github',
      method: 'POST' as const,
      path: '/github',
      throttle: { rate: 100, burst: 100 },
      requestParameters: requestParameters({ headers: github.headers }),
    };
    gateway = await startGateway({
      plan: { name: 'x', sources: [{ id: 'github', provider: 'github', route, queue, deadLetterQueue: queue }] },
      port: 0,
      log: { debug() {}, info() {}, warn() {}, error() {} },
      queue: (name) =>
        asGatewayQueue({
          name,
          send(message) {
            sent.push(message);
            return Promise.resolve({ ok: true, messageId: 'm' });
          },
        }),
    });
  });
  afterAll(async () => {
    await python.stop();
    await gateway.close();
  });

  const arrive = async (body: string, headers: Record<string, string> = {}): Promise<OutgoingMessage> => {
    sent = [];
    const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
    const own = { 'x-github-event': 'push', 'x-hub-signature-256': signature, ...headers };
    await fetch(`http://127.0.0.1:${gateway.port}/github`, { method: 'POST', headers: own, body });
    return sent[0]!;
  };

  it('has 20 lines at most below its imports', () => {
    const lines = verifier.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('import'));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThanOrEqual(20);
  });

  it('takes a genuine delivery, byte for byte', async () => {
    expect(await verifyInPython(await arrive('{"text":"Zürich 🦀"}'), secret)).toBe(
      'genuine push {"text":"Zürich 🦀"}',
    );
  });

  it('takes a body that API Gateway has turned into base64', async () => {
    const message = await arrive('{"a":1}');
    const encoded = { ...message, body: Buffer.from(message.body).toString('base64') };
    expect(await verifyInPython(encoded, secret)).toBe('genuine push {"a":1}');
  });

  it('refuses a changed body, a wrong and an empty secret, and a missing signature', async () => {
    const message = await arrive('{"a":1}');
    expect(await verifyInPython({ ...message, body: '{"a":2}' }, secret)).toBe('refused: the signature does not fit');
    expect(await verifyInPython(message, 'another')).toBe('refused: the signature does not fit');
    expect(await verifyInPython(message, '')).toBe('refused: the signature does not fit');
    const unsigned = await arrive('{"a":1}', { 'x-hub-signature-256': '' });
    expect(await verifyInPython(unsigned, secret)).toBe('refused: the signature does not fit');
  });

  it('refuses attributes that the endpoint did not write', async () => {
    const message = await arrive('{"a":1}');
    const attribute = (stringValue: string) => ({ dataType: 'String', stringValue });
    const changed = (attributes: OutgoingMessage['attributes']) =>
      verifyInPython({ ...message, attributes: { ...message.attributes, ...attributes } }, secret);
    expect(await changed({ Id: attribute('other') })).toBe('refused: the attributes were tampered with');
    const request = message.attributes['Request']?.stringValue ?? '';
    for (const other of [request.replace('3 ', '4 '), `${request}x-a: b\n`, request.replace(/x-github-event.*\n/, '')])
      expect(await changed({ Request: attribute(other) })).toBe('refused: not written by the endpoint');
    expect(await changed({ Other: attribute('x') })).toBe('refused: not written by the endpoint');
    expect(await changed({ HookportOutcome: attribute('{}') })).toBe('genuine push {"a":1}');
  });

  it('refuses what somebody else has sent: no attributes, or binary ones', async () => {
    const message = await arrive('{"a":1}');
    const binary = { dataType: 'Binary', binaryValue: 'eA==' };
    for (const attributes of [{}, { ...message.attributes, Request: binary }, { ...message.attributes, Other: binary }])
      expect(await verifyInPython({ ...message, attributes }, secret)).toBe('refused: not written by the endpoint');
  });
});
