import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { identify } from '../../src/catalogue/identify.ts';
import type { DataProvider } from '../../src/catalogue/provider.ts';
import { authenticate } from '../../src/delivery/authenticate.ts';
import { decodeMessage, requestParameters } from '../../src/delivery/wire.ts';
import { refusalOf } from '../../src/queue/message-rules.ts';
import type { MessageAttributes } from '../../src/queue/queue.ts';
import type { TokenScheme } from '../../src/signature/scheme.ts';
import { createFakeSecrets, received } from '../fakes/source.ts';

/**
 * Nobody documents what API Gateway makes of a query parameter: whether it decodes its escapes, the plus sign too, and
 * whether it escapes the value for the JSON that it puts it into. What holds here holds in each of these readings.
 */
const raw = (text: string) => text;
const decoders: Record<string, (text: string) => string> = {
  raw,
  decoded: (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  },
  'decoded as a form': (text) => new URLSearchParams(`x=${text.replaceAll('&', '%26')}`).get('x') ?? '',
};
const escapers: Record<string, (text: string) => string> = {
  'put in as it is': raw,
  'escaped for JSON': (text) => JSON.stringify(text).slice(1, -1),
};
const readings = Object.entries(decoders).flatMap(([how, decode]) =>
  Object.entries(escapers).map(
    ([then, escape]) => [`${how}, ${then}`, (text: string) => escape(decode(text))] as const,
  ),
);

const arrivedAt = 1_795_000_000_000;
const context = { requestId: 'JKJaXmPLvHcESHA=', requestTimeEpoch: String(arrivedAt), sourceIp: '203.0.113.7' };
const body = '{"a":1}';
const secret = 'The-secret_1.';
const scheme: TokenScheme = { scheme: 'token', at: { query: 'token' } };
const acme: DataProvider = {
  id: 'acme',
  name: 'Acme',
  verify: scheme,
  headers: { 'content-type': 'always', 'x-event': 'always' },
  query: { kind: 'always', token: 'always', id: 'always' },
  eventType: [{ query: 'kind' }],
  deliveryId: { at: [{ query: 'id' }], signed: false },
  retry: { text: 'never', horizonSeconds: 0 },
};

/** The message of a request with this query string, or undefined where the endpoint refuses it. */
function messageOf(queryString: string, read: (text: string) => string): { attributes: MessageAttributes } | undefined {
  const pairs = queryString.split('&').map((pair) => /^([^=]*)=?(.*)$/s.exec(pair)?.slice(1) ?? []);
  const json = requestParameters(acme).MessageAttributes.replaceAll(/\$\{([^}]+)\}/g, (_, expression: string) => {
    const name = /^request\.querystring\.(.+)$/.exec(expression)?.[1];
    if (name !== undefined)
      return pairs
        .filter(([key]) => key === name)
        .map(([, value = '']) => read(value))
        .join(',');
    if (expression.startsWith('request.header.')) return expression.endsWith('x-event') ? 'honest' : 'application/json';
    return context[expression.split('.').at(-1) as keyof typeof context];
  });
  let parsed: Record<string, { DataType?: unknown; StringValue?: unknown }>;
  try {
    parsed = JSON.parse(json) as typeof parsed;
  } catch {
    return undefined;
  }
  const attributes = Object.fromEntries(
    Object.entries(parsed).map(([name, value]) => [
      name,
      { dataType: String(value?.DataType), stringValue: String(value?.StringValue) },
    ]),
  );
  return refusalOf({ body, attributes }, 1024 * 1024) ? undefined : { attributes };
}

async function verdictOn(attributes: MessageAttributes, secrets: readonly string[] = [secret]) {
  return authenticate(received({ at: arrivedAt }, { body, attributes }), {
    source: 'acme',
    scheme,
    secrets: createFakeSecrets(...secrets),
  });
}

describe.each(readings)('where a query parameter is %s', (_reading, read) => {
  const decodedOf = (queryString: string) => {
    const message = messageOf(queryString, read);
    return message && decodeMessage({ body, ...message }, arrivedAt);
  };
  const taken = async (queryString: string, secrets?: readonly string[]) => {
    const message = messageOf(queryString, read);
    return message !== undefined && (await verdictOn(message.attributes, secrets)).ok;
  };

  test('an honest request is verified, with its event type and id', async () => {
    expect(await taken(`token=${secret}&kind=order.created&id=7`)).toBe(true);
    const decoded = decodedOf(`token=${secret}&kind=order%20created&id=a%2Fb`);
    expect(decoded?.ok && identify(acme, decoded.request)).toMatchObject({
      eventType: 'order created',
      deliveryId: 'a/b',
      idSigned: false,
    });
  });

  // Each spelling of a line feed that some reading turns into one.
  const lineFeeds = ['%0A', '%0a', '%5Cn', '\\n', '%5Cu000a', '%0D%0A', '%250A'];

  test.each(lineFeeds)('injected newline %s: forges no parameter', async (lineFeed) => {
    for (const forged of [
      `kind=a${lineFeed}?token:%20${secret}&id=7`,
      `kind=a${lineFeed}?token:+${secret}&id=7`,
      `kind=a${lineFeed}?token: ${secret}&id=7`,
      `kind=a${lineFeed}?token:%20${secret}${lineFeed}?id:%207`,
      `kind=a${lineFeed}?token:%20${secret}&token=x&id=7`,
      `kind=${lineFeed}1${lineFeed}?token:%20${secret}`,
      `id=7${lineFeed}?token:%20${secret}`,
      `token=x${lineFeed}${secret}&id=7`,
      `token=${lineFeed}?token:%20${secret}&id=7`,
      `token=${secret}${lineFeed}&id=7`,
    ])
      expect(await taken(forged)).toBe(false);
  });

  test.each(lineFeeds)('header line spoofed by a query value, after %s: changes no header', (lineFeed) => {
    for (const name of ['kind', 'token', 'id'])
      for (const spoof of ['x-event:%20forged', 'x-event: forged', 'x-other:%20forged', '%20x-event:%20forged']) {
        const decoded = decodedOf(`${name}=x${lineFeed}${spoof}${lineFeed}`);
        if (!decoded?.ok) continue;
        expect({ ...decoded.request.headers }).toEqual({ 'content-type': 'application/json', 'x-event': 'honest' });
      }
  });

  test('duplicate parameter: no token is taken out of several', async () => {
    for (const query of [
      `token=${secret}&token=${secret}`,
      `token=${secret}&token=wrong`,
      `token=wrong&token=${secret}`,
      `token=&token=${secret}`,
      `token=${secret}&token=`,
      `token=${secret},${secret}`,
    ])
      expect(await taken(query)).toBe(false);
  });

  test('parameter pollution: other spellings of the name are other parameters', async () => {
    for (const query of [
      `Token=${secret}`,
      `TOKEN=${secret}`,
      `token[]=${secret}`,
      `token[0]=${secret}`,
      `%20token=${secret}`,
      `token%00=${secret}`,
      `kind=token=${secret}`,
      `kind=a;token=${secret}`,
      `kind=a%26token=${secret}`,
      `kind=a%26token%3D${secret}&id=1`,
      `__proto__=${secret}`,
      `x=1?token=${secret}`,
    ])
      expect(await taken(query)).toBe(false);
  });

  test('empty token with empty secret: nothing is taken', async () => {
    for (const query of ['', 'token', 'token=', 'token=%20', 'token=%00', 'token=+', 'kind=a'])
      for (const secrets of [[''], [' '], ['', ''], [], ['\n']]) expect(await taken(query, secrets)).toBe(false);
  });

  test('percent-encoded control chars: reach neither the event type nor the id, and no token with one is taken', async () => {
    for (let code = 0; code < 0x20; code += 1) {
      const escape = `%${code.toString(16).padStart(2, '0')}`;
      expect(await taken(`token=${secret}${escape}`)).toBe(false);
      expect(await taken(`token=${escape}${secret}`)).toBe(false);
      const decoded = decodedOf(`token=${secret}&kind=a${escape}b&id=a${escape}b`);
      if (!decoded?.ok) continue;
      const { eventType, deliveryId } = identify(acme, decoded.request);
      expect([eventType, deliveryId.startsWith('sha256-')]).toEqual([undefined, true]);
    }
  });

  test('an escaped token is taken by no reading that leaves it escaped, and a token that looks escaped by none', async () => {
    const escaped = secret.replaceAll(/./g, (each) => `%${each.charCodeAt(0).toString(16)}`);
    const isDecoded = read('%41') === 'A';
    expect(await taken(`token=${escaped}`)).toBe(isDecoded);
    expect(await taken(`token=${escaped.replaceAll('%', '%25')}`)).toBe(false);
  });

  test('injected attributes change neither arrival nor origin, whatever is in a parameter', () => {
    const hostile = fc
      .array(
        fc.oneof(
          fc.constantFrom(
            '"',
            '\\',
            '%22',
            '%5C',
            '%0A',
            '%5Cn',
            '}',
            '{',
            ',',
            ':',
            '%7D',
            '%2C',
            '\n',
            '%00',
            '+',
            'é',
          ),
          fc.constantFrom(
            '"Request":',
            '"Id":',
            '"HookportOutcome":',
            '"DataType":"String"',
            '"StringValue":"',
            '?token: ',
            'x-event: ',
            '3 forged 1 127.0.0.1 0 0%5Cn',
          ),
          fc.string({ maxLength: 4 }),
        ),
        { maxLength: 16 },
      )
      .map((parts) => parts.join('').replaceAll('&', '%26'));
    fc.assert(
      fc.property(hostile, hostile, (kind, id) => {
        const decoded = decodedOf(`kind=${kind}&id=${id}&token=x`);
        if (!decoded?.ok) return;
        const { requestId, receivedAt, sourceIp } = decoded.request;
        expect([requestId, receivedAt, sourceIp]).toEqual([context.requestId, arrivedAt, context.sourceIp]);
        for (const value of Object.values(decoded.request.query ?? {})) expect(value).not.toContain('\n');
      }),
      { numRuns: 400 },
    );
  });

  // A provider may put into one parameter what a stranger chose, beside others that are its own.
  const genuine = { kind: 'k', token: secret, id: '7' };
  const names = Object.keys(genuine) as (keyof typeof genuine)[];
  /** What of the others is not as it was sent, where the message is not refused. */
  const changedBeside = (name: keyof typeof genuine, hostile: string) => {
    const own = names.filter((each) => each !== name);
    const decoded = decodedOf([...own.map((each) => `${each}=${genuine[each]}`), `${name}=${hostile}`].join('&'));
    return decoded?.ok ? own.filter((each) => decoded.request.query?.[each] !== genuine[each]) : [];
  };

  test('a parameter that a stranger chose changes none beside it', () => {
    const attribute = (name: string) => `"${name}":{"DataType":"String","StringValue":"`;
    const rest = attribute('HookportX');
    for (const name of names)
      for (const [one = '', two = ''] of [
        names.filter((each) => each !== name),
        names.filter((each) => each !== name).toReversed(),
      ])
        for (const lineFeed of [...lineFeeds, '\n'])
          for (const backslash of ['\\', '%5C'])
            for (const end of ['"},', '%22%7D,']) {
              const lines = `?${one}: x${lineFeed}?${two}: y${lineFeed}`;
              for (const hostile of [
                // A line, and the escape of the next one taken away.
                `a${lineFeed}?${one}: x${backslash}`,
                `a${lineFeed}${lines}${backslash}`,
                `a${backslash}`,
                // The attribute ended, and what follows put into another.
                `a${lineFeed}?${one}: x${end}${rest}`,
                `a${lineFeed}?${one}: x${lineFeed}${end}${rest}`,
                `a${lineFeed}${lines}${end}${rest}`,
                // Another attribute of the same name: whole, or with the rest of the genuine one at its end.
                `a${end}${attribute('Request')}3 ${context.requestId.slice(0, -1)} 1 127.0.0.1 0 2${lineFeed}${lines}"},${rest}`,
                ...[1, 2, 3].flatMap((count) => [
                  `a${end}${attribute('Request')}3 x 1 127.0.0.1 0 ${count}${lineFeed}${lines}?${name}: z`,
                  `a${end}${attribute('Request')}3 x 1 127.0.0.1 0 ${count}${lineFeed}?${one}: x${lineFeed}?${name}: z`,
                  `a${end}${attribute('Request')}3 x 1 127.0.0.1 0 ${count}${lineFeed}?${two}: x${lineFeed}?${name}: z`,
                ]),
              ])
                expect([hostile, changedBeside(name, hostile)]).toEqual([hostile, []]);
            }
  });

  test('a parameter that a stranger chose changes none beside it, whatever it is', () => {
    const piece = fc.oneof(
      fc.constantFrom('\\', '%5C', '%5Cn', '%0A', '"', '%22', '\\n', '}', '{', ',', ':', 'x 3', 'x 2', '3', '2', ' '),
      fc.constantFrom(
        '?token: x',
        '?kind: x',
        '?id: 8',
        'x-event: y',
        '"Request":',
        '3 ',
        '"DataType":"String"',
        '"StringValue":"',
        '"HookportX":',
      ),
      fc.constantFrom(
        '%22%7D,%22HookportX%22:%7B%22DataType%22:%22String%22,%22StringValue%22:%22',
        '%5Cn?id:%208',
        '%5Cnx-event:%208',
      ),
    );
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.array(piece, { maxLength: 14 }), (name, pieces) => {
        expect(changedBeside(name, pieces.join(''))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  test('no junk in the query is taken for the secret', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ maxLength: 60 }), async (one, two) => {
        expect(await taken(`token=${one}&kind=${two}&id=${one}`)).toBe(false);
        expect(await taken(`kind=${encodeURIComponent(`${two}\ntoken: ${secret}`)}&token=${two}`)).toBe(false);
      }),
      { numRuns: 100 },
    );
  });
});
