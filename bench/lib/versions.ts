import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { versionOf } from './machine.ts';

const programs: Readonly<Record<string, readonly [command: string, ...args: string[]]>> = {
  webhook: ['webhook', '-version'],
  'json2file-go': ['dpkg-query', '-W', 'json2file-go'],
  nginx: ['/usr/sbin/nginx', '-v'],
};
const packages = ['@aws-sdk/client-sqs', '@octokit/webhooks', '@octokit/webhooks-methods', 'fastify', 'fauxqs'];

/** Of whatever takes part in the benchmarks and is installed. */
export async function versions(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [name, [command, ...args]] of Object.entries(programs)) {
    const version = await versionOf(command, ...args);
    if (version !== undefined) found[name] = version;
  }
  for (const name of packages) {
    const text = readFileSync(join(import.meta.dirname, '../../node_modules', name, 'package.json'), 'utf8');
    found[name] = (JSON.parse(text) as { version: string }).version;
  }
  return found;
}
