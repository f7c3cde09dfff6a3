import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createStacks, type Stacks } from './cloudformation.ts';
import { failure, ok, tags } from './xml.ts';

export interface Account extends Stacks {
  /** For the environment of a command: region, credentials, and this account for every service of AWS. */
  environment: Record<string, string>;
  /** What was put into the bootstrap's bucket, by key. */
  objects: ReadonlyMap<string, Buffer>;
  /** Each request that nothing here answers; a test expects none. */
  unknown: string[];
  close(): Promise<void>;
}

const account = '123456789012';

/**
 * A bootstrapped AWS account on this machine, as the CDK CLI sees one: STS, SSM's bootstrap version, the bucket of assets
 * and CloudFormation. https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 *
 * @param options.apiEndpoint What `Fn::GetAtt: [Api, ApiEndpoint]` resolves to in outputs.
 */
export async function startAccount({ apiEndpoint }: { apiEndpoint: string }): Promise<Account> {
  const objects = new Map<string, Buffer>();
  const unknown: string[] = [];
  const stacks = createStacks({
    readTemplate: (url) => objects.get(new URL(url).pathname.split('/').at(-1) ?? '')?.toString() ?? '{}',
    output: (value) => resolveOutput(value, apiEndpoint),
  });

  const answer = async (request: IncomingMessage): Promise<{ status: number; body: string; type?: string }> => {
    const body = Buffer.concat(await request.toArray());
    if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
      const form = new URLSearchParams(body.toString());
      return sts(form.get('Action') ?? '') ?? stacks.answer(form);
    }
    if (request.headers['x-amz-target'] === 'AmazonSSM.GetParameter')
      return { status: 200, body: JSON.stringify({ Parameter: { Value: '30' } }), type: 'application/x-amz-json-1.1' };
    const looked = lookUp(String(request.headers['x-amz-target']), body, stacks);
    if (looked) return looked;
    const url = new URL(request.url ?? '/', 'http://localhost');
    const found = bucket(request.method ?? '', url, body, objects);
    if (found) return found;
    unknown.push(`${request.method} ${request.url} ${String(request.headers['x-amz-target'])}`);
    return failure('InvalidAction', 'this account does not know that');
  };

  const server = createServer((request, response) => {
    void answer(request).then(({ status, body, type = 'text/xml' }) =>
      response.writeHead(status, { 'content-type': type }).end(body),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    ...stacks,
    objects,
    unknown,
    environment: {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function sts(action: string): { status: number; body: string } | undefined {
  if (action === 'GetCallerIdentity')
    return ok(action, tags({ Account: account, Arn: `arn:aws:iam::${account}:root` }));
  if (action !== 'AssumeRole') return undefined;
  const credentials = tags({
    AccessKeyId: 'local',
    SecretAccessKey: 'local',
    SessionToken: 'local',
    Expiration: '2099-01-01T00:00:00Z',
  });
  return ok(action, `<Credentials>${credentials}</Credentials>`);
}

/** A queue or a secret by its name, as far as no stack holds it. */
function lookUp(target: string, body: Buffer, stacks: Stacks) {
  const kept = stacks.kept();
  const answer = (found: boolean, value: object, missing: string) => ({
    status: found ? 200 : 400,
    body: JSON.stringify(found ? value : { __type: missing, message: 'no such thing' }),
    type: 'application/x-amz-json-1.1',
  });
  if (target === 'AmazonSQS.GetQueueUrl') {
    const { QueueName: name } = JSON.parse(body.toString()) as { QueueName: string };
    const QueueUrl = `https://sqs.us-east-1.amazonaws.com/${account}/${name}`;
    return answer(kept.includes(name), { QueueUrl }, 'com.amazonaws.sqs#QueueDoesNotExist');
  }
  if (target === 'AmazonSQS.GetQueueAttributes') {
    const { QueueUrl } = JSON.parse(body.toString()) as { QueueUrl: string };
    const { RedrivePolicy, ...settings } = stacks.settings(QueueUrl.split('/').at(-1) ?? '');
    const texts = Object.entries(settings).map(([key, value]) => [key, String(value)]);
    const redrive = RedrivePolicy === undefined ? {} : { RedrivePolicy: JSON.stringify(RedrivePolicy) };
    return answer(true, { Attributes: { ...Object.fromEntries(texts), ...redrive } }, '');
  }
  if (target === 'secretsmanager.DescribeSecret') {
    const { SecretId: name } = JSON.parse(body.toString()) as { SecretId: string };
    const ARN = `arn:aws:secretsmanager:us-east-1:${account}:secret:${name}-AbCdEf`;
    return answer(kept.includes(name), { ARN, Name: name, ...stacks.settings(name) }, 'ResourceNotFoundException');
  }
  return undefined;
}

/** S3 with the one bucket that the bootstrap makes. */
function bucket(
  method: string,
  { pathname, searchParams }: URL,
  body: Buffer,
  objects: Map<string, Buffer>,
): { status: number; body: string } | undefined {
  const [, name = '', key = ''] = pathname.split('/');
  if (!name.startsWith('cdk-')) return undefined;
  if (method === 'PUT') {
    objects.set(key, withoutChunks(body));
    return { status: 200, body: '' };
  }
  if (method !== 'GET') return undefined;
  if (searchParams.has('location')) return { status: 200, body: '<LocationConstraint/>' };
  if (searchParams.has('encryption'))
    return { status: 404, body: '<Error><Code>ServerSideEncryptionConfigurationNotFoundError</Code></Error>' };
  if (searchParams.get('list-type') !== '2') return undefined;
  const found = [...objects.keys()].filter((each) => each === searchParams.get('prefix'));
  const contents = found.map((each) => `<Contents>${tags({ Key: each, Size: '1' })}</Contents>`).join('');
  return { status: 200, body: `<ListBucketResult>${contents}</ListBucketResult>` };
}

/** A body with a checksum behind it comes in chunks: `<size in hex>CRLF<bytes>CRLF`, then 0 and the trailer. */
function withoutChunks(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  let rest = body;
  for (;;) {
    const line = rest.indexOf('\r\n');
    const size = /^[0-9a-f]{1,8}$/i.test(rest.subarray(0, Math.max(line, 0)).toString())
      ? Number.parseInt(rest.subarray(0, line).toString(), 16)
      : NaN;
    if (Number.isNaN(size)) return body;
    if (size === 0) return Buffer.concat(parts);
    parts.push(rest.subarray(line + 2, line + 2 + size));
    rest = rest.subarray(line + 2 + size + 2);
  }
}

function resolveOutput(value: unknown, apiEndpoint: string): string {
  if (typeof value === 'string') return value;
  const [[name, argument] = []] = Object.entries(value as object) as [string, unknown][];
  if (name === 'Fn::Join') {
    const [separator, parts] = argument as [string, unknown[]];
    return parts.map((part) => resolveOutput(part, apiEndpoint)).join(separator);
  }
  if (name === 'Fn::GetAtt' && (argument as string[])[1] === 'ApiEndpoint') return apiEndpoint;
  return name === 'Ref' ? String(argument) : [argument].flat().join('.');
}
