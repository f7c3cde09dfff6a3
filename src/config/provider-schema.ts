import type { FromSchema } from 'json-schema-to-ts';
import { rejectionReasons, type RejectionReason } from '../signature/types.ts';

const text = (description: string) => ({ type: 'string', minLength: 1, description }) as const;
const texts = (description: string) => ({ type: 'array', minItems: 1, items: text(''), description }) as const;

/** An object with exactly one of these keys. */
const place = <const Key extends string, const Schema>(key: Key, schema: Schema) =>
  ({
    type: 'object',
    additionalProperties: false,
    required: [key],
    properties: { [key]: schema } as { [key in Key]: Schema },
  }) as const;

const json = place('json', {
  type: 'string',
  description: 'Dot path into a JSON body, such as event.id or items.0.id.',
});

const locator = {
  description:
    'a place of a request: { header: name }, { json: dot.path }, { form: field }, { formJson: [field, dot.path] }, { query: name }, { jsonKey: [keys] } or { jsonAll: [dot.paths] }',
  oneOf: [
    place('header', text('A header, in lower case.')),
    json,
    place('form', text('A field of a form body.')),
    place('formJson', {
      type: 'array',
      items: [{ type: 'string' }, { type: 'string' }],
      minItems: 2,
      maxItems: 2,
      additionalItems: false,
      description: 'A form field that holds JSON, and the dot path in it.',
    }),
    place('query', text('A query parameter, by its case-sensitive name.')),
    place('jsonKey', texts('The first of these keys that the JSON body holds: its name is the value.')),
    place('jsonAll', texts('Dot paths into a JSON body: the values of all of them, with slashes between, make one.')),
  ],
} as const;

const encoding = { enum: ['hex', 'base64', 'base64url'], description: 'How the signature is written.' } as const;
const unit = { enum: ['seconds', 'milliseconds', 'iso8601'], description: 'How the time is written.' } as const;

const signature = {
  type: 'object',
  additionalProperties: false,
  required: ['encoding'],
  description: 'Where signatures are: in one of header, headers and json.',
  properties: {
    header: text('The header that holds it, in lower case.'),
    headers: texts('Several headers that may each hold one.'),
    json: text('Dot path into the JSON body.'),
    prefix: text('What must stand before the signature, such as sha256=.'),
    pairs: {
      type: 'object',
      additionalProperties: false,
      required: ['separator', 'key'],
      description: 'The header holds key=value pairs, such as t=1,v1=ab; the signature stands under `key`.',
      properties: {
        separator: { enum: [',', ';'], description: 'What stands between the pairs.' },
        key: text('Such as v1.'),
      },
    },
    listLabel: text('The header holds a list, separated by blanks; entries that begin with this count, such as v1,.'),
    encoding,
  },
} as const;

const timestamp = {
  type: 'object',
  additionalProperties: false,
  required: ['from', 'unit', 'toleranceSeconds'],
  description: 'The signed timestamp. It is compared with the arrival of the request.',
  properties: {
    from: {
      description:
        'the place of the timestamp: { header: name }, { pair: key of the signature’s pairs } or { json: dot.path }',
      oneOf: [
        place('header', text('A header, in lower case.')),
        place('pair', text('A key of the signature’s pairs, such as t.')),
        json,
      ],
    },
    unit,
    toleranceSeconds: {
      type: ['number', 'null'],
      description: 'How far it may lie from the arrival, both ways. null: it is not looked at.',
    },
  },
} as const;

const part = <const Name extends string, const Rest extends object>(name: Name, rest: Rest) =>
  ({
    type: 'object',
    additionalProperties: false,
    required: ['part'],
    properties: { part: { const: name }, ...rest } as { part: { readonly const: Name } } & Rest,
  }) as const;

const message = {
  type: 'array',
  minItems: 1,
  description: 'The signed content: these parts, one after the other.',
  items: {
    description:
      'text as it is, or { part: body }, { part: timestamp }, { part: header, name }, { part: query, name }, { part: json, path }, { part: url }, { part: method } or { part: sortedForm }',
    oneOf: [
      { type: 'string', description: 'Text as it is, such as a full stop.' },
      part('body', {}),
      part('timestamp', {}),
      { ...part('header', { name: text('In lower case.') }), required: ['part', 'name'] },
      {
        ...part('query', {
          name: text('A query parameter whose value is of letters, digits, "-", "." and "_": others are refused.'),
        }),
        required: ['part', 'name'],
      },
      {
        ...part('json', {
          path: text('Dot path into the JSON body.'),
          optional: { const: true, description: 'Absent or null counts as empty.' },
        }),
        required: ['part', 'path'],
      },
      part('url', { unescape: text('Characters whose %-escapes the provider decodes before it signs.') }),
      part('method', {}),
      part('sortedForm', {}),
    ],
  },
} as const;

const publishedSecrets = texts('Secrets that are published for tests. No source may have one of them.');

const schemes = [
  {
    type: 'object',
    additionalProperties: false,
    required: ['scheme', 'hash', 'key', 'signature', 'message'],
    description: 'HMAC with a shared secret.',
    properties: {
      scheme: { const: 'hmac' },
      hash: { enum: ['sha1', 'sha256', 'sha512'], description: 'The hash function.' },
      key: {
        enum: ['utf8', 'hex', 'base64', 'whsec'],
        description: 'How the secret’s text becomes the key: as it is (utf8), decoded, or base64 after whsec_.',
      },
      signature,
      timestamp,
      message,
      onlyItem: text('Dot path to a JSON array that must hold exactly one element, because only one is signed.'),
      publishedSecrets,
    },
  },
  {
    type: 'object',
    additionalProperties: false,
    required: ['scheme', 'algorithm', 'key', 'signature', 'message'],
    description: 'A signature that a public key verifies. The source’s secret is the public key.',
    properties: {
      scheme: { const: 'publicKey' },
      algorithm: { enum: ['ed25519', 'ecdsa-p256-sha256', 'rsa-sha256', 'rsa-sha1'], description: 'How it signs.' },
      key: {
        enum: ['hex32', 'whpk', 'spki-base64', 'pem'],
        description: 'How the public key is written: 32 bytes in hex, base64 after whpk_, base64 of SPKI, or PEM.',
      },
      signature,
      timestamp,
      message,
      publishedSecrets,
    },
  },
  {
    type: 'object',
    additionalProperties: false,
    required: ['scheme', 'at'],
    description: 'A static token in a header or a query parameter. It proves who sends, and nothing about the body.',
    properties: {
      scheme: { const: 'token' },
      at: {
        description: 'the place of the token: { header: name } or { query: name }',
        oneOf: [
          place('header', text('In lower case.')),
          place(
            'query',
            text(
              'A query parameter. Proxies and the provider may log it: take a header where there is one. The token must be of letters, digits, "-", "." and "_".',
            ),
          ),
        ],
      },
      prefix: text('What stands before the token, such as "Bearer ".'),
      publishedSecrets,
    },
  },
  {
    type: 'object',
    additionalProperties: false,
    required: ['scheme'],
    description: 'HTTP basic authentication; the source’s secret is user:password.',
    properties: { scheme: { const: 'basic' }, publishedSecrets },
  },
  {
    type: 'object',
    additionalProperties: false,
    required: ['scheme', 'acknowledgeRisk'],
    description: 'Nothing is signed. A source of it needs `authorize` or `unverified: true`.',
    properties: {
      scheme: { const: 'none' },
      acknowledgeRisk: { const: true, description: 'Anyone who knows the URL can send.' },
    },
  },
] as const;

/** Only in a file in providers/: functions are not looked into. */
const codeScheme = {
  type: 'object',
  additionalProperties: false,
  required: ['scheme', 'summary', 'coversBody'],
  properties: {
    scheme: { const: 'code' },
    summary: text(''),
    coversBody: { type: 'boolean' },
    coversValues: { type: 'array', items: locator },
    toleranceSeconds: { type: 'number' },
    needs: { type: 'object' },
    secretLike: { description: 'the scheme that its secrets are of: scheme: hmac or publicKey', oneOf: schemes },
    explainedBy: { description: 'a scheme that signs the same: scheme: hmac', oneOf: schemes },
    publishedSecrets,
    secretProblem: {},
    verify: {},
    header: text(''),
    form: {},
    formText: text(''),
    make: {},
    sign: {},
  },
} as const;

const fields = (description: string) =>
  ({ type: 'object', additionalProperties: { type: 'string' }, description }) as const;

const body = {
  body: { type: 'string', description: 'The body as text.' },
  bodyFile: text('A file with the body, byte for byte, relative to the project root.'),
} as const;

const verdicts = ['verified', ...(Object.keys(rejectionReasons) as RejectionReason[])] as const;

const verifyOf = <const Schemes extends readonly object[]>(ways: Schemes) =>
  ({
    description:
      'how it signs: scheme: hmac, publicKey, token, basic or none; or alternatives, of which a source chooses with `verify`',
    oneOf: [
      ...ways,
      {
        type: 'object',
        additionalProperties: false,
        required: ['alternatives'],
        properties: {
          alternatives: {
            type: 'object',
            minProperties: 1,
            description: 'Ways of signing by name; a source chooses with `verify`. The first is the default.',
            additionalProperties: {
              description: 'how it signs: scheme: hmac, publicKey, token, basic or none',
              oneOf: ways,
            },
          },
        },
      },
    ],
  }) as const;

/** The fields of a file in providers/, but for the id, which is the key, and for code. */
const definition = {
  name: text('As the company writes it. Default: the id.'),
  docs: { type: 'string', pattern: '^https:', description: 'Its own page about verifying webhooks.' },
  checkedAt: { type: 'string', description: 'When the facts here were last compared with that page, YYYY-MM-DD.' },
  verify: verifyOf(schemes),
  headers: {
    type: 'object',
    description: 'The only headers that are kept, in lower case. sometimes: sent at times, and not mapped.',
    additionalProperties: { enum: ['always', 'sometimes'] },
  },
  query: {
    type: 'object',
    description: 'The only query parameters that are kept, by case-sensitive name; as headers. Default: none.',
    additionalProperties: { enum: ['always', 'sometimes'] },
  },
  eventType: {
    type: 'array',
    items: locator,
    description: 'Where the event type stands; the first place that is present counts.',
  },
  deliveryId: {
    description: 'where the delivery id stands: { at: [places], signed: true or false }; or hash where there is none',
    oneOf: [
      {
        type: 'object',
        additionalProperties: false,
        required: ['at', 'signed'],
        properties: {
          at: { type: 'array', minItems: 1, items: locator, description: 'The first place that is present counts.' },
          signed: { type: 'boolean', description: 'Whether the signature covers it.' },
        },
      },
      { const: 'hash', description: 'The provider sends none: a hash of the body stands in.' },
    ],
  },
  occurredAt: {
    type: 'array',
    minItems: 1,
    description: 'Where it says when the event happened; the first place that holds such a time counts.',
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['at', 'unit'],
      properties: { at: locator, unit },
    },
  },
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['path'],
    description: 'Where one request carries several events.',
    properties: {
      path: { type: 'string', description: 'Dot path of their array; empty for the body itself.' },
      type: text('Dot path of the event type in each.'),
      id: text('Dot path of the id in each.'),
      occurredAt: {
        type: 'object',
        additionalProperties: false,
        required: ['path', 'unit'],
        description: 'Where each says when it happened.',
        properties: { path: text('Dot path of the time in each.'), unit },
      },
      verify: text('The alternative whose requests have it. Default: all.'),
    },
  },
  direct: {
    type: 'object',
    additionalProperties: false,
    required: ['supported', 'reason'],
    description: 'Why it takes no endpoint that merely keeps what arrives; `validate` then refuses a source of it.',
    properties: { supported: { const: false }, reason: text('For whoever adds such a source.') },
  },
  formPayload: text('The field of a form body in which the JSON payload stands.'),
  limits: {
    type: 'object',
    additionalProperties: false,
    description: 'What the provider says of itself.',
    properties: {
      bodyBytes: { type: 'number', description: 'The largest body that it sends.' },
      answerSeconds: { type: 'number', description: 'How long it waits for an answer.' },
    },
  },
  retry: {
    type: 'object',
    additionalProperties: false,
    required: ['text', 'horizonSeconds'],
    description: 'When it sends again what was not answered with 2xx.',
    properties: {
      text: text('For people, such as: five times within an hour.'),
      horizonSeconds: {
        type: 'number',
        description: 'How long after the event it may send again at the latest; the floor of `deduplicate`.',
      },
    },
  },
  unconfirmed: {
    type: 'array',
    items: { enum: ['retry', 'bodyBytes', 'answerSeconds'] },
    description: 'Which of these rest on memory alone; they are shown as such.',
  },
} as const;

/** What stands in providers/samples/ for a provider that comes with Hookport. */
const guide = {
  setup: texts('Steps in its dashboard, for `hookport urls`; {url} stands for the endpoint’s URL.'),
  secretFrom: {
    enum: ['provider', 'you', 'publicKey', 'none'],
    description:
      'Who makes the secret: the provider shows it, you choose it, it is a public key, or there is none. Default: you, unless the scheme is publicKey or none.',
  },
  samples: {
    type: 'array',
    minItems: 1,
    description: 'What `hookport send` sends, signed. Default: one made up from the places above.',
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['event'],
      properties: {
        event: text('As `hookport send <source> <event>` names it.'),
        headers: fields('Besides those that signing adds.'),
        query: fields('Query parameters besides those that signing adds, not escaped.'),
        payload: { description: 'The body as data, sent as JSON. One of payload, body and bodyFile.' },
        ...body,
        verify: text('The alternative that signs such a request. Default: any.'),
      },
    },
  },
  vectors: {
    type: 'array',
    minItems: 1,
    description:
      'Requests whose verdict is known from elsewhere; `hookport providers check` proves the definition with them. Their secrets are for tests: no source may have one.',
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['origin', 'secret', 'headers', 'expect'],
      properties: {
        origin: text('Where it is published, or how it was made without Hookport.'),
        verify: text('The alternative that it is for. Default: the first.'),
        secret: text('A secret for tests, as a source would be given it. Never one that is in use.'),
        headers: fields('As the request carried them.'),
        query: fields('The query parameters of its URL, unescaped.'),
        ...body,
        receivedAt: {
          type: 'string',
          pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,3})?Z$',
          description: 'When it arrived, such as 2026-01-31T12:00:00Z. Needed where a timestamp is signed.',
        },
        url: text('The public URL, where the provider signs it.'),
        method: text('Default: POST.'),
        expect: { enum: verdicts, description: 'verified, or the reason for which it must be rejected.' },
        eventType: text('What must be found in it.'),
        deliveryId: text('What must be found in it.'),
      },
    },
  },
} as const;

/** A provider of one's own: the fields of a file in providers/, and those of its samples. */
export const providerSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['verify', 'headers', 'eventType', 'deliveryId', 'retry'],
  properties: { ...definition, ...guide },
} as const;

/** A definition as a file in providers/ has it. */
export const providerFileSchema = {
  ...providerSchema,
  required: ['id', 'name', ...providerSchema.required],
  properties: { id: text(''), ...definition, verify: verifyOf([...schemes, codeScheme]) },
} as const;

export type RawProvider = FromSchema<typeof providerSchema>;
