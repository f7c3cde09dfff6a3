import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCdk } from './cdk.ts';
import { fixedName, isFailedCreation, type Resource } from './deployed-stack.ts';
import type { LeftBehind, QueueSettings } from './left-behind.ts';

/**
 * Imports what was left behind into the stack, so that the deploy that follows does not meet names that are taken. Named one
 * by one, by `cdk import`: what CloudFormation imports by itself (`ImportExistingResources`) are types alone whose primary
 * identifier stands in the template, and not a queue by its URL or a secret by its ARN.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html
 *
 * With the settings that they have: an import changes none, and a later deploy sets what differs between two templates. Had the
 * import's template the new ones already, nobody would ever set them.
 *
 * @param config As given on the command line.
 * @returns the exit code of the CDK CLI
 */
export async function takeUp(left: ReadonlyMap<string, LeftBehind>, stack: string, config: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'hookport-import-'));
  try {
    const synthesized = await runCdk(['synth', stack, '--quiet', '--output', folder], config);
    if (synthesized !== 0) return synthesized;
    const file = join(folder, `${stack}.template.json`);
    const template = JSON.parse(readFileSync(file, 'utf8')) as { Resources: Record<string, Resource> };
    const found = Object.entries(template.Resources).flatMap(([id, resource]) => {
      const known = left.get(fixedName(resource) ?? '');
      return known ? [{ id, resource, ...known }] : [];
    });
    for (const { id, resource, settings } of found) template.Resources[id] = withSettings(resource, settings);
    writeFileSync(file, JSON.stringify(template));
    const resources = JSON.stringify(Object.fromEntries(found.map(({ id, identifier }) => [id, identifier])));
    // Its template has all of them, though it holds none: `import` would find nothing new in ours, and skip them.
    if (await isFailedCreation(stack)) {
      // It alone: `destroy` takes the stacks along that depend on it, and those may be deployed.
      const deleted = await runCdk(['destroy', stack, '--exclusively', '--app', folder, '--force'], config);
      if (deleted !== 0) return deleted;
    }
    // What else differs is for the deploy: without --force, `import` would ask about it.
    return await runCdk(['import', stack, '--app', folder, '--force', '--resource-mapping-inline', resources], config);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function withSettings(resource: Resource, { maxReceiveCount, ...settings }: QueueSettings): Resource {
  const { Properties = {} } = resource;
  const redrive = Properties['RedrivePolicy'];
  const RedrivePolicy = redrive && maxReceiveCount !== undefined ? { ...redrive, maxReceiveCount } : redrive;
  return { ...resource, Properties: { ...Properties, ...settings, ...(RedrivePolicy ? { RedrivePolicy } : {}) } };
}
