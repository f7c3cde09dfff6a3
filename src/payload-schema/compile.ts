import { Ajv, type AnySchema, type Options } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import draft6 from 'ajv/dist/refs/json-schema-draft-06.json' with { type: 'json' };
import addFormats from 'ajv-formats';
import type { ValidatePayload } from './check.ts';

export type Compiled =
  | { ok: true; ajv: Ajv; validate: ValidatePayload & { readonly $async?: boolean } }
  /** The end of a sentence that begins with the file's name. */
  | { ok: false; problem: string };

/**
 * Compiles a JSON Schema of draft 6, 7, 2019-09 or 2020-12, which its `$schema` names (draft 7 without one), with the formats of
 * ajv-formats. Unknown keywords and formats are mistakes. References lead nowhere outside of the schema.
 *
 * The first mistake of a payload ends the check: a list of all could be as large as an outsider likes.
 *
 * @param source Whether the function is to be turned into code ahead of time.
 */
export function compileSchema(schema: unknown, { source = false } = {}): Compiled {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema))
    return { ok: false, problem: 'is no JSON Schema: it must be an object' };
  const options: Options = {
    allErrors: false,
    strictTypes: false,
    strictTuples: false,
    strictRequired: false,
    logger: false,
    ...(source && { code: { source: true, esm: true } }),
  };
  try {
    const ajv = instanceFor('$schema' in schema ? schema.$schema : undefined, options);
    addFormats.default(ajv);
    const validate = ajv.compile(schema as AnySchema);
    if ('$async' in validate) return { ok: false, problem: 'is asynchronous ($async), which nothing here waits for' };
    return { ok: true, ajv, validate };
  } catch (error) {
    return {
      ok: false,
      problem: `is no usable JSON Schema: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

function instanceFor(dialect: unknown, options: Options): Ajv {
  const name = typeof dialect === 'string' ? dialect.replace(/#$/, '') : undefined;
  // `$anchor` is resolved, but not among the keywords that ajv knows.
  if (name === 'https://json-schema.org/draft/2020-12/schema') return new Ajv2020(options).addKeyword('$anchor');
  if (name === 'https://json-schema.org/draft/2019-09/schema') return new Ajv2019(options).addKeyword('$anchor');
  const ajv = new Ajv(options);
  return name === 'http://json-schema.org/draft-06/schema' ? ajv.addMetaSchema(draft6) : ajv;
}
