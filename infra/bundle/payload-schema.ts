import { resolve } from 'node:path';
import type { Plugin } from 'esbuild';
import { standaloneSchema } from '../../src/payload-schema/standalone.ts';

/** What an entry imports the check of its source's payloads from. */
export const schemaModule = 'hookport:payload-schema';

/** Gives {@link schemaModule} the code of a schema's check, so that a bundle carries neither the schema's file nor ajv. */
export function payloadSchemaPlugin(root: string, file: string): Plugin {
  return {
    name: 'payload-schema',
    setup(build) {
      const filter = new RegExp(`^${schemaModule}$`);
      build.onResolve({ filter }, ({ path }) => ({ path, namespace: 'hookport' }));
      build.onLoad({ filter, namespace: 'hookport' }, () => ({
        contents: standaloneSchema(resolve(root, file)),
        loader: 'js',
        resolveDir: root,
      }));
    },
  };
}
