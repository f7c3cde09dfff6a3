import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogue } from '../../providers/index.ts';
import { loadGuide } from '../../providers/samples/index.ts';
import { mappedHeaders } from '../../src/catalogue/mapped-headers.ts';
import type { Provider } from '../../src/catalogue/provider.ts';
import { schemeOf } from '../../src/catalogue/scheme-of.ts';
import { requestParameters } from '../../src/delivery/wire.ts';
import type { GatewayQueue } from '../../src/local/gateway/integration.ts';
import { startGateway, type Gateway } from '../../src/local/gateway/start.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { OutgoingMessage } from '../../src/queue/queue.ts';
import { asGatewayQueue } from '../fakes/gateway-queue.ts';
import { planOf, sourcePlan } from './plans.ts';
import { templateOf } from './synth.ts';
import { type CloudFormationTemplate, interpret, type InterpretedResult, routesOf } from './template-interpreter.ts';

const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as {
  name: string;
  examples: unknown[];
}[];
const now = 1_795_000_000_000;
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** Keeps what the gateway hands to it. */
function recordingQueue(name: string, sent: { queueName: string; message: OutgoingMessage }[]): GatewayQueue {
  return asGatewayQueue({
    name,
    send(message) {
      sent.push({ queueName: name, message });
      return Promise.resolve({ ok: true, messageId: 'm' });
    },
  });
}

interface Posted {
  path: string;
  /** Behind the question mark. @default none */
  query?: string;
  /** Names and values in turn. */
  rawHeaders: string[];
  body: Uint8Array;
}

/** Writes the request byte for byte: a client library would refuse or repair the hostile ones. */
async function post(
  port: number,
  { path, query, rawHeaders, body }: Posted,
): Promise<{ status: number; requestId: string }> {
  const lines = [
    `POST ${path}${query === undefined ? '' : `?${query}`} HTTP/1.1`,
    'host: hooks.example.com',
    'connection: close',
    `content-length: ${body.length}`,
  ];
  for (let index = 0; index < rawHeaders.length; index += 2)
    lines.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}`);
  const socket = connect(port, '127.0.0.1');
  socket.write(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]));
  const answer = Buffer.concat(await socket.toArray()).toString('latin1');
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]),
    requestId: /apigw-requestid: (\S+)/i.exec(answer)?.[1] ?? '',
  };
}

/** A gateway and a template of the same plan, and one request through both. */
async function side(plan: Plan) {
  const sent: { queueName: string; message: OutgoingMessage }[] = [];
  const gateway: Gateway = await startGateway({
    plan,
    port: 0,
    queue: (name) => recordingQueue(name, sent),
    clock: () => now,
    log: silent,
  });
  const routes = routesOf(templateOf(plan).toJSON() as CloudFormationTemplate);
  return {
    close: () => gateway.close(),
    async both(request: Posted) {
      sent.length = 0;
      const { status, requestId } = await post(gateway.port, request);
      const interpreted = interpret(routes, {
        method: 'POST',
        ...request,
        context: { requestId, requestTimeEpoch: String(now), 'identity.sourceIp': '127.0.0.1' },
      });
      return {
        status,
        local: sent.map(asSqs),
        deployed: interpreted.kind === 'sent' ? [withoutKind(interpreted)] : [],
      };
    },
  };
}

function asSqs({ queueName, message }: { queueName: string; message: OutgoingMessage }) {
  const attributes = Object.entries(message.attributes).map(([name, { dataType, stringValue, binaryValue }]) => [
    name,
    {
      ...(dataType === '' ? {} : { DataType: dataType }),
      ...(stringValue === undefined ? {} : { StringValue: stringValue }),
      ...(binaryValue === undefined ? {} : { BinaryValue: binaryValue }),
    },
  ]);
  return { queueName, body: message.body, attributes };
}

function withoutKind({ queueName, body, attributes }: Extract<InterpretedResult, { kind: 'sent' }>) {
  return { queueName, body, attributes: Object.entries(attributes) };
}

describe('the synthesized template and the local gateway make the same message of', () => {
  let sides: Awaited<ReturnType<typeof side>>;
  beforeAll(async () => {
    sides = await side(planOf(sourcePlan('github'), sourcePlan('paddle')));
  });
  afterAll(() => sides.close());

  it('every GitHub payload', async () => {
    const payloads = examples.flatMap(({ name, examples: bodies }) => bodies.map((body) => ({ name, body })));
    expect(payloads.length).toBe(329);
    for (const { name, body } of payloads) {
      const bytes = Buffer.from(JSON.stringify(body));
      const signature = createHmac('sha256', 'secret').update(bytes).digest('hex');
      const { status, local, deployed } = await sides.both({
        path: '/github',
        rawHeaders: [
          'X-GitHub-Event',
          name,
          'X-Hub-Signature-256',
          `sha256=${signature}`,
          'content-type',
          'application/json',
        ],
        body: bytes,
      });
      expect(status).toBe(200);
      expect(local).toEqual(deployed);
      expect(local).toHaveLength(1);
      expect(local[0]?.queueName).toBe('acme-webhooks-github');
    }
  });

  const body = Buffer.from('{"a":1}');
  const event = 'X-GitHub-Event';
  const injected = 'x"},"Wire":{"DataType":"String","StringValue":"9';
  const hostile: Record<string, Posted> = {
    'a request without any of the headers': { path: '/github', rawHeaders: [], body },
    'headers that came twice': { path: '/github', rawHeaders: [event, 'push', event.toUpperCase(), 'ping'], body },
    'an empty header': { path: '/github', rawHeaders: [event, ''], body },
    'a header with a quote': { path: '/github', rawHeaders: [event, 'pu"sh'], body },
    'a header with a backslash': { path: '/github', rawHeaders: [event, 'pu\\sh'], body },
    'a header that injects an attribute': { path: '/github', rawHeaders: [event, injected], body },
    'a header that injects __proto__': {
      path: '/github',
      rawHeaders: [event, 'x"},"__proto__":{"DataType":"String","StringValue":"9'],
      body,
    },
    'a header that looks like a variable': { path: '/github', rawHeaders: [event, '${context.requestId}'], body },
    'a header beyond ASCII': { path: '/github', rawHeaders: [event, 'pu\u00dfsh'], body },
    'a header that no mapping names': { path: '/github', rawHeaders: ['authorization', 'Bearer x', event, 'a'], body },
    'a body with $ signs and quotes': {
      path: '/github',
      rawHeaders: [],
      body: Buffer.from('$& $1 ${request.body} "\\'),
    },
    'a body with a byte order mark': { path: '/github', rawHeaders: [], body: Buffer.from('\ufeff{}') },
    'a body beyond the basic plane': { path: '/github', rawHeaders: [], body: Buffer.from('{"🦀":"\u0000"}') },
    'a body that is not UTF-8': { path: '/github', rawHeaders: [], body: Buffer.from([0x7b, 0xff, 0x7d]) },
    'a path that no source has': { path: '/gitlab', rawHeaders: [], body },
    'a path with a slash at its end': { path: '/github/', rawHeaders: [], body },
    'a path in capitals': { path: '/GitHub', rawHeaders: [], body },
  };
  it.each(Object.entries(hostile))('%s', async (_title, request) => {
    const { status, local, deployed } = await sides.both(request);
    expect(local).toEqual(deployed);
    expect(local.length).toBe(status === 200 ? 1 : 0);
  });
});

describe('the synthesized template and the local gateway make the same message of a query with', () => {
  let sides: Awaited<ReturnType<typeof side>>;
  beforeAll(async () => {
    const source = sourcePlan('queried');
    const query = { token: 'always', Kind: 'always', 'event-id': 'always', rare: 'sometimes' } as const;
    const parameters = requestParameters({ headers: { 'content-type': 'always' }, query });
    sides = await side(planOf({ ...source, route: { ...source.route, requestParameters: parameters } }));
  });
  afterAll(() => sides.close());

  const ask = (query?: string) =>
    sides.both({
      path: '/queried',
      ...(query !== undefined && { query }),
      rawHeaders: ['content-type', 'text/plain'],
      body: Buffer.from('x'),
    });
  /** With the request's id as ID. */
  const queryOf = (message: { attributes: unknown[][] } | undefined) => {
    const attributes = new Map(message?.attributes as [string, { StringValue?: string }][]);
    const id = attributes.get('Id')?.StringValue ?? '';
    const text = attributes.get('Request')?.StringValue ?? '';
    return text.slice(text.indexOf('?')).replaceAll(id, 'ID');
  };

  const said = (token: string, Kind = '', id = '') => `?token: ${token}\n?Kind: ${Kind}\n?event-id: ${id}\nID`;
  const cases: Record<string, [query: string | undefined, expected: string]> = {
    'no query at all': [undefined, said('')],
    'nothing in it': ['', said('')],
    'every parameter': ['token=t&Kind=k&event-id=1&rare=r&other=o', said('t', 'k', '1')],
    'repeated parameters': ['token=a&Kind=k&token=b', said('a,b', 'k')],
    'a repeated parameter that is empty at first': ['token=&token=b', said(',b')],
    'missing parameters': ['Kind=k', said('', 'k')],
    'empty parameters': ['token=&Kind', said('')],
    'names in another case': ['Token=t&kind=k', said('')],
    'names that are escaped': ['%74oken=t&event%2Did=7', said('t', '', '7')],
    escapes: ['token=a%20b%2Fc&Kind=%41%7a', said('a b/c', 'Az')],
    'escapes that are none': ['token=100%&Kind=%zz%4', said('100%', '%zz%4')],
    'plus signs': ['token=a+b&Kind=a%2Bb', said('a b', 'a+b')],
    'equals signs': ['token=a=b==&Kind==', said('a=b==', '=')],
    'empty pairs': ['&&token=t&&=x&', said('t')],
    semicolons: ['token=a;Kind=b', said('a;Kind=b')],
    'another question mark': ['token=a?Kind=b', said('a?Kind=b')],
    'what looks like a variable': [
      'token=${context.requestId}&Kind=$request.body',
      said('${context.requestId}', '$request.body'),
    ],
    'a very long value': [`token=${'t'.repeat(9000)}`, said('t'.repeat(9000))],
    'an escaped DEL': ['token=%7F', said('\u007f')],
    'a line feed that JSON makes': [String.raw`token=a%5Cnb`, said('a\nb')],
    'a backslash that takes the escape of the line feed behind it': [
      'token=a%5C',
      String.raw`?token: a\n?Kind: ${'\n'}?event-id: ${'\n'}ID`,
    ],
    'a forged attribute': [
      'Kind=x%22%7D,%22Request%22:%7B%22DataType%22:%22String%22,%22StringValue%22:%223%20forged%201%5Cn?token:%20t%5Cn',
      '?token: t\n\n?event-id: \nID',
    ],
  };
  it.each(Object.entries(cases))('%s', async (_title, [query, expected]) => {
    const { status, local, deployed } = await ask(query);
    expect(local).toEqual(deployed);
    expect(status).toBe(200);
    expect(queryOf(local[0])).toBe(expected);
  });

  it.each([
    ['a quote', 'token=%22'],
    ['a line feed', 'token=a%0Ab'],
    ['a carriage return', 'token=a%0Db'],
    ['NUL', 'token=%00'],
    ['a tab', 'token=%09'],
    ['text beyond ASCII', 'token=%C3%A9'],
    ['bytes that are no UTF-8', 'token=%FF'],
    ['an end of the attributes', 'token=x%22%7D%7D'],
  ])('%s: none, and the sender is told', async (_title, query) => {
    const { status, local, deployed } = await ask(query);
    expect([status, local, deployed]).toEqual([400, [], []]);
  });

  it('any text', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'token',
        'Kind',
        'event-id',
        'rare',
        '=',
        '=',
        '&',
        '&',
        '%',
        '+',
        '%22',
        '%5C',
        '%5Cn',
        '%0A',
        '%00',
      ),
      fc.stringMatching(/^[!$-;=?-[\]-~]{0,6}$/),
      fc.nat(255).map((byte) => `%${byte.toString(16).padStart(2, '0')}`),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 20 }), async (pieces) => {
        const { local, deployed } = await ask(pieces.join(''));
        expect(local).toEqual(deployed);
      }),
      { numRuns: 150, seed: 20_261_129 },
    );
  });
});

describe('for every provider of the catalogue, template and gateway agree on its samples, with every header that is mapped:', () => {
  const providers = catalogue.ids().map((id) => catalogue.get(id)!);
  let sides: Awaited<ReturnType<typeof side>>;
  beforeAll(async () => {
    sides = await side(planOf(...providers.map(sourceOf)));
  });
  afterAll(() => sides.close());

  it.each(providers)('$id', async (provider) => {
    const samples = (await (await loadGuide(provider.id))?.samples()) ?? [];
    expect(samples.length).toBeGreaterThan(0);
    for (const { headers, body } of samples.slice(0, 20)) {
      const mapped = Object.keys(provider.headers).map((name) => [name, headers[name] ?? `value of ${name}`]);
      const request = { path: `/${provider.id}`, rawHeaders: mapped.flat(), body: Buffer.from(body) };
      const { status, local, deployed } = await sides.both(request);
      expect(status).toBe(200);
      expect(local).toEqual(deployed);
    }
  });

  function sourceOf(provider: Provider) {
    const source = sourcePlan(provider.id, { provider: provider.id });
    const headers = mappedHeaders(provider, schemeOf(provider));
    return { ...source, route: { ...source.route, requestParameters: requestParameters({ headers }) } };
  }
});

describe('for generated configurations', () => {
  const reserved = new Set(['host', 'connection', 'content-length', 'expect', 'upgrade', 'te', 'trailer']);
  const headerName = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/).filter((name) => !reserved.has(name));
  const headers = fc.dictionary(headerName, fc.constantFrom('always' as const, 'sometimes' as const), { maxKeys: 12 });
  const id = fc.stringMatching(/^[a-z][a-z0-9]{0,10}(-[a-z0-9]{1,5})?$/);
  const sources = fc.uniqueArray(fc.record({ id, headers, segment: fc.stringMatching(/^[a-z0-9_.~-]{1,12}$/) }), {
    minLength: 1,
    maxLength: 5,
    selector: (source) => source.id,
  });
  const value = fc.oneof(
    fc.stringMatching(/^[\x20-\x7e]{0,40}$/).map((text) => text.trim()),
    fc.constantFrom('"', '\\', '\\"', '"}', '${x}', '$', '\\u0022', "'", '`'),
  );

  it('template and gateway agree on any request', async () => {
    await fc.assert(
      fc.asyncProperty(
        sources,
        fc.array(fc.record({ values: fc.array(value, { minLength: 12, maxLength: 12 }), body: fc.uint8Array() })),
        async (configured, requests) => {
          const plan = planOf(
            ...configured.map(({ id: source, headers: allowed, segment }) => {
              const path = `/${source}/${segment}`;
              const base = sourcePlan(source);
              const route = {
                ...base.route,
                key: `POST ${path}`,
                path,
                requestParameters: requestParameters({ headers: allowed }),
              };
              return { ...base, route };
            }),
          );
          const sides = await side(plan);
          try {
            for (const [index, { values, body }] of requests.entries()) {
              const target = configured[index % configured.length];
              if (!target) continue;
              const { headers: allowed, id: source, segment } = target;
              const rawHeaders = Object.keys(allowed).flatMap((name, at) => [name, values[at] ?? '']);
              const { local, deployed } = await sides.both({ path: `/${source}/${segment}`, rawHeaders, body });
              expect(local).toEqual(deployed);
            }
          } finally {
            await sides.close();
          }
        },
      ),
      { numRuns: 12, seed: 20_261_124 },
    );
  });
});
