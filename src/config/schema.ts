import type { FromSchema } from 'json-schema-to-ts';
import { providerSchema } from './provider-schema.ts';
import { durationPattern, sizePattern } from './units.ts';

const environment = {
  type: 'object',
  description: 'Environment variables. Never secrets: they can be read in the template.',
  propertyNames: { pattern: '^[A-Za-z][A-Za-z0-9_]*$' },
  additionalProperties: { type: 'string' },
} as const;

const policies = {
  type: 'array',
  items: {
    type: 'string',
    pattern: '^(arn:aws[a-z-]*:iam::(\\d{12}|aws):policy/)?[A-Za-z0-9_+=,.@/-]+$',
    description: 'Such as AmazonS3ReadOnlyAccess, or arn:aws:iam::123456789012:policy/mine.',
  },
  description: 'Managed policies, by ARN or AWS’s name.',
} as const;

/** Labels of letters, digits and hyphens, which stand at neither end. */
const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const domainPattern = `^${label}(\\.${label})+$`;

const idsOf = (prefix: string, maxItems: number) =>
  ({ type: 'array', minItems: 1, maxItems, items: { type: 'string', pattern: `^${prefix}-[0-9a-f]+$` } }) as const;
/** Lambda and Fargate take as many. */
const subnetIds = idsOf('subnet', 16);
const securityGroupIds = idsOf('sg', 5);

const duration = (description: string) => ({ type: 'string', pattern: durationPattern, description }) as const;

/** What a source may set, and `defaults` for all of them. */
const settings = {
  handler: {
    type: 'string',
    minLength: 1,
    description: 'Your code for this source, relative to the project root. Without it you consume the queue yourself.',
  },
  forward: {
    type: 'object',
    additionalProperties: false,
    minProperties: 1,
    description: 'Where verified deliveries go besides the handler; several at once are allowed.',
    properties: {
      queue: {
        const: true,
        description: 'A second queue, <name>-<source>-verified, that holds verified deliveries only.',
      },
      http: {
        type: 'object',
        additionalProperties: false,
        required: ['url'],
        description: 'An endpoint of yours: signed by Standard Webhooks, as a CloudEvent in binary mode.',
        properties: {
          url: {
            type: 'string',
            pattern: '^https?://[^\\s#]+$',
            description: 'Where to POST, without credentials. Redirects are not followed.',
          },
          timeout: duration('For one request, 1s to 5m. Default: 10s.'),
          secret: {
            type: 'string',
            description:
              'Name or ARN of an existing secret in Secrets Manager that signs, never a value. Default: the stack makes one.',
          },
        },
      },
      eventBus: {
        type: 'string',
        pattern: '^(arn:aws[a-z-]*:events:[a-z0-9-]+:\\d{12}:event-bus/)?[A-Za-z0-9._-]{1,256}$',
        description: 'Name or ARN of an existing EventBridge bus. Takes JSON and forms.',
      },
    },
  },
  payloadSchema: {
    type: 'string',
    minLength: 1,
    description:
      'A JSON Schema, relative to the project root. A verified payload that does not match it rests in the dead-letter queue.',
  },
  events: {
    type: 'array',
    minItems: 1,
    uniqueItems: true,
    items: { type: 'string', minLength: 1 },
    description: 'Event types to hand over, each written out; others are counted as ignored. Default: all.',
  },
  batch: {
    type: 'object',
    additionalProperties: false,
    description: 'How many deliveries the handler gets at once.',
    properties: {
      size: { type: 'integer', minimum: 1, maximum: 10_000, description: 'Default: 1, for a batch handler too.' },
      window: duration('How long to wait for a full batch, 0s to 5m. Default: 0s.'),
    },
  },
  concurrency: {
    type: 'integer',
    minimum: 2,
    maximum: 1000,
    description: 'Deliveries (or batches) handled at the same time; Lambda’s mapping takes 2 to 1000. Default: 10.',
  },
  timeout: duration('For one delivery, 1s to 885s; up to 6h with `consumer: worker`. Default: 30s.'),
  queue: {
    type: 'object',
    additionalProperties: false,
    properties: {
      retention: duration(
        'How long a delivery waits at most, from 60s on, and less than a dead letter rests. Default: 7d.',
      ),
      maxReceiveCount: {
        type: 'integer',
        minimum: 1,
        maximum: 1000,
        description: 'Attempts before the dead-letter queue. Default: 5.',
      },
    },
  },
  deadLetter: {
    type: 'object',
    additionalProperties: false,
    properties: {
      retention: duration('How long a dead letter rests, above the queue’s own and 14d at most. Default: 14d.'),
    },
  },
  throttle: {
    type: 'object',
    additionalProperties: false,
    properties: {
      rate: {
        type: 'number',
        exclusiveMinimum: 0,
        maximum: 10_000,
        description: 'Requests per second. Default: 1000.',
      },
      burst: { type: 'integer', minimum: 1, maximum: 5000, description: 'Requests at once. Default: 2000.' },
    },
  },
  authorize: {
    type: 'object',
    additionalProperties: false,
    required: ['jwt'],
    description:
      'Whom API Gateway lets in, before anything is kept. Default: everybody; the signature is verified later.',
    properties: {
      jwt: {
        type: 'object',
        additionalProperties: false,
        required: ['issuer', 'audience'],
        description: 'Requests must carry a JSON Web Token, signed with RSA, in `Authorization: Bearer …`.',
        properties: {
          issuer: {
            type: 'string',
            pattern: '^https?://[^\\s?#@]+$',
            description: 'The https URL of the tokens’ `iss`, to the letter, such as a Cognito user pool’s.',
          },
          audience: {
            type: 'array',
            minItems: 1,
            maxItems: 50,
            uniqueItems: true,
            items: { type: 'string', minLength: 1 },
            description: 'What `aud` (or `client_id` without `aud`) may be: one of these.',
          },
          scopes: {
            type: 'array',
            minItems: 1,
            maxItems: 10,
            uniqueItems: true,
            items: { type: 'string', pattern: '^\\S+$' },
            description: 'The token needs one of these. Default: none.',
          },
        },
      },
    },
  },
  tolerance: duration('How far a signed timestamp may lie from arrival. Default: the provider’s.'),
  deduplicate: {
    description:
      'Hand a delivery over once. true: remembered for the provider’s retry horizon, or twice the tolerance if that is longer. Default: false.',
    anyOf: [{ type: 'boolean' }, { type: 'string', pattern: durationPattern }],
  },
  onRejected: {
    enum: ['deadLetter', 'drop'],
    description: 'What becomes of a delivery that is not genuine. Default: deadLetter.',
  },
  expectEvery: duration(
    'An alarm rings when nothing arrived for so long, 5m to 7d. Without `alarms` it tells nobody: it shows in CloudWatch and on the dashboard.',
  ),
  alarms: {
    type: 'object',
    additionalProperties: false,
    required: ['email'],
    properties: {
      email: { type: 'string', pattern: '^[^@\\s]+@[^@\\s]+$', description: 'Gets the alarms of this source.' },
    },
  },
  function: {
    type: 'object',
    additionalProperties: false,
    description: 'The Lambda function that runs the handler.',
    properties: {
      memory: { type: 'string', pattern: sizePattern, description: '128MiB to 10GiB. Default: 512MiB.' },
      environment,
      policies,
      vpc: {
        type: 'object',
        additionalProperties: false,
        required: ['subnetIds', 'securityGroupIds'],
        properties: { subnetIds, securityGroupIds },
      },
    },
  },
  consumer: {
    enum: ['lambda', 'worker'],
    description:
      'What runs the handler on AWS: a Lambda function, or a worker in containers on ECS Fargate, for handlers that outlast Lambda. Default: lambda.',
  },
  worker: {
    type: 'object',
    additionalProperties: false,
    description: 'The containers of `consumer: worker`.',
    properties: {
      cpu: { enum: [0.25, 0.5, 1, 2, 4, 8, 16], description: 'vCPUs of each. Default: 0.25.' },
      memory: {
        type: 'string',
        pattern: sizePattern,
        description: 'Of each, 512MiB to 120GiB, as much as Fargate gives to its `cpu`. Default: 512MiB.',
      },
      architecture: {
        enum: ['x86_64', 'arm64'],
        description:
          'arm64 costs a fifth less; an image for it can be built on such a machine, or with emulation. Default: x86_64.',
      },
      tasks: {
        type: 'object',
        additionalProperties: false,
        properties: {
          min: {
            type: 'integer',
            minimum: 0,
            maximum: 100,
            description: 'Containers that always run; with 0, a first delivery waits some minutes. Default: 1.',
          },
          max: {
            type: 'integer',
            minimum: 1,
            maximum: 100,
            description: 'Containers at a large backlog, each with `concurrency` deliveries at a time. Default: 10.',
          },
        },
      },
      environment,
      policies,
      vpc: {
        type: 'object',
        additionalProperties: false,
        required: ['subnetIds', 'securityGroupIds'],
        description:
          'Where they run. Default: a small VPC of the stack’s own, with a public address for each container.',
        properties: {
          subnetIds,
          securityGroupIds,
          publicIp: { type: 'boolean', description: 'For public subnets without NAT. Default: false.' },
        },
      },
    },
  },
} as const;

/** The JSON Schema of webhooks.config.yaml: exactly the keys that work. Types and `webhooks.schema.json` come from it. */
export const configSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Hookport configuration',
  type: 'object',
  additionalProperties: false,
  required: ['name', 'sources'],
  properties: {
    name: {
      type: 'string',
      pattern: '^[a-z][a-z0-9-]{0,39}$',
      description: 'Name of the stack and prefix of its resources: lower-case letters, digits and hyphens, 40 at most.',
    },
    domain: {
      type: 'object',
      additionalProperties: false,
      required: ['name', 'hostedZone'],
      description: 'A name of your own for the endpoint. Default: the API’s own URL.',
      properties: {
        name: {
          type: 'string',
          pattern: domainPattern,
          description:
            'Such as hooks.example.com: in lower case, an international name as xn--…, without a dot at its end.',
        },
        hostedZone: {
          type: 'object',
          additionalProperties: false,
          required: ['id', 'name'],
          properties: {
            id: { type: 'string', pattern: '^Z[A-Z0-9]+$', description: 'The Route 53 zone’s id.' },
            name: {
              type: 'string',
              pattern: domainPattern,
              description: 'The zone’s name, such as example.com.',
            },
          },
        },
        exclusive: { type: 'boolean', description: 'Stop serving the API’s own URL. Default: false.' },
      },
    },
    cors: {
      type: 'object',
      additionalProperties: false,
      required: ['allowOrigins'],
      description: 'Lets browsers of other origins post.',
      properties: {
        allowOrigins: {
          type: 'array',
          minItems: 1,
          items: {
            type: 'string',
            pattern: '^(\\*|https?://[^\\s/]+)$',
            description: 'An origin such as https://app.example.com, without a slash at its end, or "*".',
          },
        },
        allowHeaders: { type: 'array', items: { type: 'string', pattern: '^[A-Za-z0-9-]+$' } },
        allowCredentials: {
          type: 'boolean',
          description:
            'Lets browsers send cookies along; not with the origin "*". A token in a header needs it not. Default: false.',
        },
        maxAge: duration('How long a browser may keep the preflight’s answer.'),
      },
    },
    defaults: {
      type: 'object',
      additionalProperties: false,
      description: 'Settings for every source.',
      properties: settings,
    },
    providers: {
      type: 'object',
      description: 'Providers of your own, for sources to name: see docs/add-a-provider.md.',
      additionalProperties: providerSchema,
    },
    sources: {
      type: 'object',
      minProperties: 1,
      description: 'One entry for each webhook that somebody sends you.',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['provider'],
        properties: {
          provider: {
            type: 'string',
            description:
              'Who sends: an id of the provider catalogue, see `hookport providers`, or one under `providers`.',
          },
          verify: { type: 'string', description: 'Which of the provider’s ways of signing, where it has several.' },
          path: { type: 'string', description: 'Path of the endpoint. Default: /<source>.' },
          publicUrl: {
            type: 'string',
            pattern: '^https?://\\S+$',
            description: 'The URL exactly as you typed it at the provider; for providers that sign it.',
          },
          unverified: {
            const: true,
            description: 'Take what anyone posts, for a provider without a signature and a source without `authorize`.',
          },
          secret: {
            type: 'string',
            description:
              'Name or ARN of an existing secret in Secrets Manager, never a value. Default: the stack makes one.',
          },
          ...settings,
        },
      },
    },
  },
} as const;

/** The YAML's content as written, once it fits {@link configSchema}. */
export type RawConfig = FromSchema<typeof configSchema>;
export type RawSource = RawConfig['sources'][string];
