import { join } from 'node:path';
import type { Catalogue, Provider } from '../../src/catalogue/provider.ts';
import { providerOf } from '../../src/catalogue/registry.ts';
import type { SourcePlan } from '../../src/plan/plan.ts';
import { type RuntimeModule, runtimeNeeds } from './consumer-runtime.ts';
import { schemaModule } from './payload-schema.ts';

export interface EntryOptions {
  catalogue: Catalogue;
  /** The project's root: handler paths are relative to it. */
  root: string;
  /** Where the entry imports the runtime from: its sources, or the bundled copy beside it. */
  runtime: Readonly<Record<RuntimeModule, string>>;
}

/**
 * The composition root of one source's function, as TypeScript: this source's plan, its provider alone and without
 * samples, and its handler, of which nothing that fails ends the function's start.
 *
 * @throws HookportError `internal` when the provider is not in the catalogue
 */
export async function consumerEntry(source: SourcePlan, options: EntryOptions): Promise<string> {
  const { handler, payloadSchema } = source.consumer ?? {};
  const { runtime } = options;
  const needs = runtimeNeeds(source);
  const parts = [
    'source',
    'provider',
    ...(handler === undefined ? [] : ['load: async () => (await importHandler()).handler']),
    ...(needs.has('deduplication') ? ['deduplication: openDeduplication'] : []),
    ...(needs.has('eventBus') ? ['eventBus: openEventBus'] : []),
    ...(payloadSchema === undefined ? [] : ['validatePayload']),
  ];
  return [
    `import { importUntilLoaded, loadEarly, startLambdaConsumer } from '${runtime.start}';`,
    ...(needs.has('deduplication') ? [`import { openDeduplication } from '${runtime.deduplication}';`] : []),
    ...(needs.has('eventBus') ? [`import { openEventBus } from '${runtime.eventBus}';`] : []),
    ...(payloadSchema === undefined ? [] : [`import validatePayload from '${schemaModule}';`]),
    await providerImport(source, options),
    `const source = ${JSON.stringify(source)};`,
    ...(handler === undefined
      ? []
      : [`const importHandler = importUntilLoaded(new URL('./${handlerName}.mjs', import.meta.url).href);`]),
    `export const handler = startLambdaConsumer({ ${parts.join(', ')} });`,
    ...(handler === undefined ? [] : ['await loadEarly(importHandler);']),
  ].join('\n');
}

/** The name of the handler's module in a bundle. */
const handlerName = 'handler';

/** What a bundle holds beside its entry: the handler, so that one whose top level failed can be loaded again. */
export function handlerEntry({ consumer }: SourcePlan): Record<string, string> {
  const handler = consumer?.handler;
  if (handler === undefined) return {};
  return { [handlerName]: `export * as handler from ${JSON.stringify(`./${handler}`)};` };
}

async function providerImport(source: SourcePlan, { catalogue, root }: EntryOptions): Promise<string> {
  const provider = providerOf(source, { catalogue });
  const file = `./providers/${provider.id}.ts`;
  const name = await exportNameOf(provider, join(root, file));
  // One that was declared in the YAML has no file; such providers are data alone.
  if (name === undefined) return `const provider = ${JSON.stringify(provider)};`;
  return `import { ${name} as provider } from '${file}';`;
}

/** A provider's file may export helpers too; the provider is what the catalogue holds. */
async function exportNameOf(provider: Provider, file: string): Promise<string | undefined> {
  const exports = (await import(file).catch(() => ({}))) as Record<string, unknown>;
  return Object.keys(exports).find((name) => exports[name] === provider);
}
