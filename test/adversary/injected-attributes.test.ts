import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { github } from '../../providers/github.ts';
import { parseOutcome } from '../../src/consumer/outcome-attribute.ts';
import { carryOut, decideAction } from '../../src/consumer/settle.ts';
import { authenticate } from '../../src/delivery/authenticate.ts';
import { decodeMessage, requestParameters } from '../../src/delivery/wire.ts';
import { refusalOf } from '../../src/queue/message-rules.ts';
import type { MessageAttributes } from '../../src/queue/queue.ts';
import { schemeOf } from '../../src/catalogue/scheme-of.ts';
import { createFakeSecrets, received } from '../fakes/source.ts';
import { startFauxqs } from '../queue/fauxqs.ts';
import { createSqsQueue } from '../../src/queue/sqs.ts';

/**
 * Nobody documents whether API Gateway escapes a header's value when it puts it into the JSON of the message attributes.
 * Here it does not, and JSON is read in each of the ways in which readers treat a key that stands twice.
 */
const arrivedAt = 1_763_900_000_000;
const context = { requestId: 'JKJaXmPLvHcESHA=', requestTimeEpoch: String(arrivedAt), sourceIp: '203.0.113.7' };
const body = '{"zen":"x"}';

/** What the endpoint makes of a request whose header values are these, without any escaping. */
function substituted(headers: Readonly<Record<string, string>>): string {
  return requestParameters(github).MessageAttributes.replaceAll(/\$\{([^}]+)\}/g, (_, expression: string) => {
    const header = /^request\.header\.(.+)$/.exec(expression)?.[1];
    if (header !== undefined) return headers[header] ?? '';
    return context[expression.split('.').at(-1) as keyof typeof context];
  });
}

type Reader = (text: string) => Record<string, { DataType?: unknown; StringValue?: unknown }> | undefined;
const lastWins: Reader = (text) => {
  try {
    return JSON.parse(text) as ReturnType<Reader>;
  } catch {
    return undefined;
  }
};
/** The same, but the first of two keys counts: each later one is renamed before it is read. */
const firstWins: Reader = (text) => {
  const whole = lastWins(text);
  if (!whole) return undefined;
  const found: NonNullable<ReturnType<Reader>> = {};
  // Objects of the first level are told apart by their place, and read one by one.
  for (const [name, value] of membersOf(text)) found[name] ??= value as { DataType?: unknown };
  return found;
};

/** The members of an object in their order, those with the same key too. */
function membersOf(text: string): [string, unknown][] {
  const members: [string, unknown][] = [];
  let rest = text.trim().slice(1);
  for (;;) {
    const key = /^\s*,?\s*("(?:[^"\\]|\\.)*")\s*:/.exec(rest);
    if (!key) return members;
    rest = rest.slice(key[0].length);
    const end = Array.from({ length: rest.length }, (_, index) => index + 1).find((index) => {
      if (!/[}\]"\del]/.test(rest[index - 1] ?? '')) return false;
      return lastWins(`[${rest.slice(0, index)}]`) !== undefined && /^\s*[,}]/.test(rest.slice(index));
    });
    if (end === undefined) return members;
    members.push([JSON.parse(key[1] ?? '') as string, JSON.parse(rest.slice(0, end))]);
    rest = rest.slice(end);
  }
}

/** Attributes as SQS has them, or undefined where SQS refuses the message. */
function toAttributes(read: ReturnType<Reader>): MessageAttributes | undefined {
  if (!read) return undefined;
  const attributes = Object.fromEntries(
    Object.entries(read).map(([name, value]) => [
      name,
      {
        dataType: String(value?.DataType),
        stringValue: typeof value?.StringValue === 'string' ? value.StringValue : '',
      },
    ]),
  );
  return refusalOf({ body, attributes }, 1024 * 1024) ? undefined : attributes;
}

const attribute = (name: string, value: string) => `"${name}":{"DataType":"String","StringValue":"${value}"}`;
const fakeContext = 'forged 1 127.0.0.1';
/** Escaped for JSON, as it would have to stand in a header. */
const forgedRequest = String.raw`3 ${fakeContext} 0 0\n`;
/** Closes the value that the header stands in, says something, and opens a value again for what follows. */
const inject = (rest: string, ...members: string[]) =>
  `x"},${members.join(',')},"${rest}":{"DataType":"String","StringValue":"`;

/** Under which name what follows in the mapping goes on. */
const rests = ['Request', 'Id', 'Headers', 'Query', 'HookportOutcome', 'HookportLater'];
const payloads: Record<string, string> = {
  ...Object.fromEntries(
    rests.flatMap((rest) => [
      [`another request, and the rest under ${rest}`, inject(rest, attribute('Request', forgedRequest))],
      [`another id, and the rest under ${rest}`, inject(rest, attribute('Id', 'forged'))],
      [
        `another request with its id, and the rest under ${rest}`,
        inject(rest, attribute('Request', forgedRequest), attribute('Id', 'forged')),
      ],
      [
        `a request of the version before, and the rest under ${rest}`,
        inject(
          rest,
          attribute('ContextHead', fakeContext),
          attribute('Headers', String.raw`\n`),
          attribute('Wire', '1'),
          attribute('ContextTail', fakeContext),
        ),
      ],
      [
        `an outcome, and the rest under ${rest}`,
        inject(rest, attribute('HookportOutcome', String.raw`{\"kind\":\"failed\"}`)),
      ],
      [`an attribute of its own, and the rest under ${rest}`, inject(rest, attribute('Admin', 'true'))],
    ]),
  ),
  'the beginning of another request': String.raw`x"},"Request":{"DataType":"String","StringValue":"3 ${fakeContext} 1 0\nx-a: `,
  'an outcome that takes up the rest': String.raw`x"},"HookportOutcome":{"DataType":"String","StringValue":"{\"kind\":\"`,
  'a request within a value': `x","Request":"${forgedRequest}`,
  'a value that ends, and another of the same attribute': `x","StringValue":"${forgedRequest}","X":"`,
  'the same with an id': `x","StringValue":"${forgedRequest}"},${attribute('Id', 'forged')},"HookportLater":{"X":"`,
  'lines of its own': String.raw`x\nx-hub-signature-256: sha256=ab\n${fakeContext}`,
  'an escape of the closing quote': 'x\\',
  'an end of the object': `x"}}`,
  'an end and another object': `x"}},{"a":{"b":"`,
  __proto__: inject('Headers', `"__proto__":${attribute('Request', forgedRequest).slice('"Request":'.length)}`),
  'another type': inject('Headers', `"Request":{"DataType":"Binary","BinaryValue":"eA=="}`),
};

describe.each([['last', lastWins] as const, ['first', firstWins] as const])(
  'where the %s of two keys counts',
  (_which, reader) => {
    const decoded = (headers: Readonly<Record<string, string>>) => {
      const attributes = toAttributes(reader(substituted(headers)));
      return attributes && decodeMessage({ body, attributes }, arrivedAt);
    };

    test('an honest request is decoded: the reader reads', () => {
      expect(decoded({ 'x-github-event': 'push' })).toMatchObject({
        ok: true,
        request: { requestId: context.requestId, receivedAt: arrivedAt, headers: { 'x-github-event': 'push' } },
      });
    });

    test.each(Object.entries(payloads))('%s changes neither arrival nor origin of a request', (_what, payload) => {
      for (const name of Object.keys(github.headers)) {
        const result = decoded({ 'x-github-event': 'push', [name]: payload });
        // Refused by SQS, refused here, or taken with the arrival that the endpoint wrote.
        const arrival = result?.ok
          ? `${result.request.requestId} ${result.request.receivedAt} ${result.request.sourceIp}`
          : 'refused';
        expect(['refused', Object.values(context).join(' ')]).toContain(arrival);
      }
    });

    test('no mixture of JSON in two headers changes it either, and none is ever verified', async () => {
      const token = fc.constantFrom(
        '"',
        '\\',
        '{',
        '}',
        ',',
        ':',
        '\\u0022',
        '\\n',
        '3 ',
        fakeContext,
        ' 0 0',
        'forged',
        attribute('Request', forgedRequest),
        attribute('Id', 'forged'),
        attribute('ContextHead', fakeContext),
        attribute('ContextTail', fakeContext),
        attribute('Headers', ''),
        attribute('Wire', '1'),
        '"Request":{"DataType":"String","StringValue":"',
        '"HookportOutcome":{"DataType":"String","StringValue":"',
        '{"DataType":"String","StringValue":"',
        'x"},',
        '"X":{"Y":"',
      );
      const value = fc.array(token, { maxLength: 10 }).map((tokens) => tokens.join(''));
      const secrets = createFakeSecrets('right');
      await fc.assert(
        fc.asyncProperty(value, value, async (one, two) => {
          const attributes = toAttributes(
            reader(
              substituted({
                'content-type': one,
                'x-github-event': two,
                'x-hub-signature-256': `sha256=${'0'.repeat(64)}`,
              }),
            ),
          );
          if (!attributes) return;
          const result = decodeMessage({ body, attributes }, arrivedAt);
          expect(result.ok ? result.request.receivedAt : arrivedAt).toBe(arrivedAt);
          expect(result.ok ? result.request.requestId : context.requestId).toBe(context.requestId);
          const message = { ...received({ body, at: arrivedAt }), attributes };
          const verdict = await authenticate(message, { source: 'github', scheme: schemeOf(github), secrets });
          expect(verdict.ok).toBe(false);
        }),
        { numRuns: 1000 },
      );
    });
  },
);

test('a genuine signature beside an injected context does not carry it through', async () => {
  const signature = `sha256=${createHmac('sha256', 'right').update(body).digest('hex')}`;
  const headers = {
    'content-type': payloads['another request, and the rest under HookportOutcome'] ?? '',
    'x-hub-signature-256': signature,
  };
  for (const reader of [lastWins, firstWins]) {
    const attributes = toAttributes(reader(substituted(headers))) ?? {};
    const message = { ...received({ body, at: arrivedAt }), attributes };
    const verdict = await authenticate(message, {
      source: 'github',
      scheme: schemeOf(github),
      secrets: createFakeSecrets('right'),
    });
    expect(verdict).toMatchObject({ ok: false });
  }
});

test('a message with as many attributes as SQS takes still goes to the dead-letter queue with its reason', async () => {
  const sqs = await startFauxqs();
  try {
    const open = async (name: string) =>
      createSqsQueue({ client: sqs.client, name, queueUrl: await sqs.createQueue(name) });
    const [queue, deadLetterQueue] = [await open('source'), await open('source-dlq')];
    const more = Object.fromEntries(
      ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'].map((name) => [name, { dataType: 'String', stringValue: 'x' }]),
    );
    const { attributes } = received({ body });
    expect(await queue.send({ body, attributes: { ...attributes, ...more } })).toMatchObject({ ok: true });
    const [message] = await queue.receive({ maxMessages: 1, waitSeconds: 1 });
    const verdict = await authenticate(message!, {
      source: 'github',
      scheme: schemeOf(github),
      secrets: createFakeSecrets('right'),
    });
    const outcome = verdict.ok ? ({ kind: 'handled' } as const) : verdict.outcome;
    const plan = { maxReceiveCount: 5, onRejected: 'deadLetter', timeoutSeconds: 30 } as const;
    const context = { queue: { retentionSeconds: 3600 }, plan, now: 0, random: () => 0 };
    await carryOut(decideAction(outcome, message!, context), message!, { queue, deadLetterQueue });
    const [resting] = await deadLetterQueue.receive({ maxMessages: 1, waitSeconds: 1 });
    expect(parseOutcome(resting?.attributes ?? {})).toMatchObject({ kind: 'rejected', reason: 'malformed_message' });
    // Of which SQS takes ten, and this stand-in any number. What the endpoint wrote is still there, to be looked at.
    expect(Object.keys(resting?.attributes ?? {})).toHaveLength(10);
    expect(resting?.attributes).toMatchObject(attributes);
  } finally {
    await sqs.close();
  }
});
