import standalone from 'ajv/dist/standalone/index.js';
import { compileSchema } from './compile.ts';
import { readSchema } from './load.ts';

/**
 * A schema's check as the code of a module whose default export is the function: what a bundle carries instead of ajv, which would
 * compile at every start by `new Function`. It may ask for small helpers of ajv and ajv-formats with `require`.
 *
 * @throws Error when the file is no usable schema; the configuration's rules say so before
 */
export function standaloneSchema(file: string): string {
  const read = readSchema(file);
  const compiled = read.ok ? compileSchema(read.schema, { source: true }) : read;
  if (!compiled.ok) throw new Error(`${file} ${compiled.problem}`);
  return standalone.default(compiled.ajv, compiled.validate as Parameters<typeof standalone.default>[1]);
}
