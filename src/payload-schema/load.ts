import { readFileSync } from 'node:fs';
import { type CheckPayload, checkWith } from './check.ts';
import { compileSchema } from './compile.ts';

/** Reads a schema's file and makes its check, or says what is wrong with it as the end of a sentence. */
export function loadSchema(file: string): { ok: true; check: CheckPayload } | { ok: false; problem: string } {
  const read = readSchema(file);
  if (!read.ok) return read;
  const compiled = compileSchema(read.schema);
  return compiled.ok ? { ok: true, check: checkWith(compiled.validate) } : compiled;
}

/** The file's JSON. */
export function readSchema(file: string): { ok: true; schema: unknown } | { ok: false; problem: string } {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return { ok: false, problem: code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})` };
  }
  try {
    return { ok: true, schema: JSON.parse(text.replace(/^\uFEFF/, '')) as unknown };
  } catch (error) {
    return { ok: false, problem: `is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}
