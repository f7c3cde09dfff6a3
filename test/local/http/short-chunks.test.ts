import type { HttpBindings } from '@hono/node-server';
import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { readJson } from '../../../src/local/api/read-json.ts';
import { readInput } from '../../../src/local/sqs-endpoint/read-input.ts';
import { heapUsed } from './heap-used.ts';

const readers: Readonly<Record<string, (incoming: IncomingMessage) => Promise<unknown>>> = {
  'the SQS endpoint': readInput,
  'the API': (incoming) => readJson({ incoming, outgoing: {} } as unknown as HttpBindings),
};

test.each(Object.entries(readers))(
  '%s takes little more memory for a body in a great many short chunks than its bytes',
  async (_name, read) => {
    const body = JSON.stringify({ text: 'x'.repeat(300_000) });
    const before = heapUsed();
    let held = 0;
    const chunks = async function* () {
      for (const character of body) yield Buffer.from(character);
      held = heapUsed() - before;
    };
    expect(await read(chunks() as unknown as IncomingMessage)).toEqual(JSON.parse(body));
    expect(held / 2 ** 20).toBeLessThan(4);
  },
);
