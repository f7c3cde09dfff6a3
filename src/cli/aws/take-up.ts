import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCdk } from './cdk.ts';
import { fixedName, type Resource } from './deployed-stack.ts';
import type { Identifier } from './left-behind.ts';

/**
 * Imports what was left behind into the stack, so that the deploy that follows does not meet names that are taken. Named one
 * by one, by `cdk import`: what CloudFormation imports by itself (`ImportExistingResources`) are types alone whose primary
 * identifier stands in the template, and not a queue by its URL or a secret by its ARN.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html
 *
 * @param config As given on the command line.
 * @returns the exit code of the CDK CLI
 */
export async function takeUp(left: ReadonlyMap<string, Identifier>, stack: string, config: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'hookport-import-'));
  try {
    const synthesized = await runCdk(['synth', stack, '--quiet', '--output', folder], config);
    if (synthesized !== 0) return synthesized;
    const { Resources } = JSON.parse(readFileSync(join(folder, `${stack}.template.json`), 'utf8')) as {
      Resources: Record<string, Resource>;
    };
    const mapping = Object.entries(Resources).flatMap(([id, resource]): [string, Identifier][] => {
      const identifier = left.get(fixedName(resource) ?? '');
      return identifier ? [[id, identifier]] : [];
    });
    const resources = JSON.stringify(Object.fromEntries(mapping));
    // What else differs is for the deploy: without --force, `import` would ask about it.
    return await runCdk(['import', stack, '--app', folder, '--force', '--resource-mapping-inline', resources], config);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
